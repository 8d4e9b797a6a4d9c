// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.L1Config;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.ChainSpec;
import io.lockstep.l1client.contract.InboundReader;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.LookaheadReader;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.Transport;
import java.net.URI;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clients of one L1, checked to be the L1 that the cluster is deployed on. */
public record L1Link(
    ExecutionClient execution,
    BeaconClient beacon,
    ChainSpec spec,
    InboxReader inbox,
    InboundReader inbound,
    RegistryReader registry,
    LookaheadReader oracle) {
  private static final Logger LOG = LoggerFactory.getLogger(L1Link.class);

  /**
   * Asks for chain id, genesis validators root and contracts, and checks them.
   *
   * @param nanoClock only rises; for setting back endpoints that fail
   */
  public static L1Link open(
      L1Config config, ClusterFile cluster, Transport transport, LongSupplier nanoClock)
      throws StartFailure {
    try {
      HttpOptions options =
          new HttpOptions(config.requestTimeoutMs(), HttpOptions.DEFAULT.maxAnswerBytes());
      ExecutionClient execution =
          new ExecutionClient(pool(config.rpc(), config, nanoClock), transport, options);
      execution.requireChain(cluster.l1().chainId(), refusals("l1.rpc"));
      BeaconClient beacon =
          new BeaconClient(pool(config.beacon(), config, nanoClock), transport, options);
      beacon.requireChain(
          cluster.l1().chainId(), cluster.l1().genesisValidatorsRoot(), refusals("l1.beacon"));
      requireOne("l1.rpc", execution.pool());
      requireOne("l1.beacon", beacon.pool());
      ChainSpec spec = beacon.spec();
      check(cluster, execution, spec);
      InboxReader inbox = new InboxReader(execution, cluster.clusterInbox());
      RegistryReader registry = new RegistryReader(execution, cluster.operatorRegistry());
      LookaheadReader oracle = new LookaheadReader(execution, cluster.lookaheadOracle());
      InboundReader inbound =
          new InboundReader(execution, cluster.clusterInbox(), cluster.l1Messenger());
      return new L1Link(execution, beacon, spec, inbox, inbound, registry, oracle);
    } catch (L1Exception e) {
      throw new StartFailure(
          StartFailure.Kind.SURROUNDINGS,
          "L1 cannot be reached (l1.rpc "
              + names(config.rpc())
              + ", l1.beacon "
              + names(config.beacon())
              + "): "
              + e.getMessage(),
          e);
    }
  }

  private static EndpointPool.GateListener refusals(String key) {
    return (endpoint, fault) -> {
      if (fault == null) {
        LOG.info("{} {} is of the cluster's L1 now and will be asked", key, endpoint);
      } else {
        LOG.error("{} {} is refused: it {}", key, endpoint, fault);
      }
    };
  }

  /** One endpoint that is there and of the right chain is enough; each of the others is named. */
  private static void requireOne(String key, EndpointPool pool) throws StartFailure {
    List<EndpointPool.Unusable> unusable = pool.unusable();
    if (unusable.size() < pool.endpoints().size()) {
      unusable.stream()
          .filter(one -> !one.otherChain())
          .forEach(one -> LOG.warn("{} {} cannot be used yet: {}", key, one.endpoint(), one.why()));
      return;
    }
    String reasons =
        unusable.stream()
            .map(one -> one.otherChain() ? one.endpoint() + " " + one.why() : one.why())
            .collect(Collectors.joining("; "));
    boolean allOther = unusable.stream().allMatch(EndpointPool.Unusable::otherChain);
    throw allOther
        ? new StartFailure(
            StartFailure.Kind.CONFIGURATION, "this is not the cluster's L1: " + key + " " + reasons)
        : new StartFailure(
            StartFailure.Kind.SURROUNDINGS, "L1 cannot be reached: " + key + " " + reasons);
  }

  private static void check(ClusterFile cluster, ExecutionClient execution, ChainSpec spec)
      throws L1Exception, StartFailure {
    if (execution.code(cluster.clusterInbox(), BlockTag.LATEST).isEmpty()) {
      throw new StartFailure(
          StartFailure.Kind.CONFIGURATION,
          "this is not the cluster's L1: there is no contract at the inbox's address "
              + cluster.clusterInbox());
    }
    List<String> problems =
        cluster.parameters().problems(spec.clock().slotSeconds(), spec.clock().slotsPerEpoch());
    if (!problems.isEmpty()) {
      throw new StartFailure(
          StartFailure.Kind.CONFIGURATION,
          "the cluster's parameters do not fit this L1: " + String.join("; ", problems));
    }
  }

  private static EndpointPool pool(List<URI> urls, L1Config config, LongSupplier nanoClock) {
    List<Endpoint> endpoints =
        urls.stream()
            .map(url -> new Endpoint(url.toString(), config.credentials().authorizationFor(url)))
            .toList();
    return new EndpointPool(endpoints, nanoClock);
  }

  /** Hosts and ports alone: a URL's user, path or query may hold a key. */
  private static String names(List<URI> urls) {
    return urls.stream().map(url -> new Endpoint(url.toString())).toList().toString();
  }
}
