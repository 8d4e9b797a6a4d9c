// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.L1Config;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.preset.Preset;
import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.L1Box;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.node.testing.TestContracts;
import io.lockstep.node.watch.FaultProxy;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class L1LinkTest {
  /** EIP-4788: any contract that the box has. */
  private static final Address SOME_CONTRACT =
      Address.fromHex("0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02");

  private final JdkTransport transport = new JdkTransport(2_000);

  @AfterEach
  void close() {
    transport.close();
  }

  @Test
  void namesAnL1ThatDoesNotAnswerWithoutTheKeysInItsUrls() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    String host = "127.0.0.1:" + closed;
    L1Config config =
        new L1Config(
            List.of(URI.create("http://" + host + "/v2/secret-path")),
            List.of(URI.create("http://name:secret-word@" + host + "/?key=secret-query")),
            1_000);

    assertThatThrownBy(() -> open(config, cluster(Hash32.ofWords(1, 2, 3, 4))))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("L1 cannot be reached")
        .hasMessageContaining(host)
        .hasMessageNotContaining("secret");
  }

  @Test
  void namesEachEndpointOfAnotherChain(@TempDir Path dir) throws Exception {
    try (L1Box box = box(dir);
        FaultProxy first = new FaultProxy(box.rpcUri());
        FaultProxy second = new FaultProxy(box.rpcUri());
        FaultProxy beacon = new FaultProxy(box.beaconUri())) {
      showChain(first, 1);
      showChain(second, 5);

      assertThatThrownBy(() -> open(config(beacon, first, second), cluster(rootOf(box))))
          .isInstanceOfSatisfying(
              StartFailure.class,
              failure -> assertThat(failure.kind()).isEqualTo(StartFailure.Kind.CONFIGURATION))
          .hasMessageContaining("this is not the cluster's L1: l1.rpc")
          .hasMessageContaining(first.name() + " is chain 1, expected 900")
          .hasMessageContaining(second.name() + " is chain 5, expected 900");
      assertThatThrownBy(() ->
              open(
                  new L1Config(List.of(box.rpcUri()), List.of(beacon.uri()), 2_000),
                  cluster(Hash32.ofWords(1, 2, 3, 4))))
          .hasMessageContaining("l1.beacon")
          .hasMessageContaining(beacon.name() + " has genesis validators root");
    }
  }

  @Test
  void goesOnWithTheEndpointsOfTheRightChain(@TempDir Path dir) throws Exception {
    try (L1Box box = box(dir);
        FaultProxy other = new FaultProxy(box.rpcUri());
        FaultProxy right = new FaultProxy(box.rpcUri());
        FaultProxy beacon = new FaultProxy(box.beaconUri());
        FaultProxy otherDeposits = new FaultProxy(box.beaconUri())) {
      showChain(other, 1);
      otherDeposits.fault((asked, answering) ->
          asked.path().endsWith("/deposit_contract")
              ? answering
                  .answer()
                  .with(
                      "{\"data\":{\"chain_id\":\"900\",\"address\":\"0x" + "42".repeat(20) + "\"}}")
              : answering.answer());

      L1Link link =
          open(
              new L1Config(
                  List.of(other.uri(), right.uri()),
                  List.of(beacon.uri(), otherDeposits.uri()),
                  2_000),
              cluster(rootOf(box)));

      assertThat(link.execution().pool().statuses())
          .extracting(EndpointPool.Status::fault)
          .containsExactly("is chain 1, expected 900", null);
      assertThat(link.beacon().pool().statuses())
          .extracting(EndpointPool.Status::fault)
          .satisfiesExactly(
              good -> assertThat(good).isNull(),
              bad -> assertThat(bad).startsWith("has deposit contract 0x4242"));
      assertThat(other.asked("eth_getCode")).isZero();
    }
  }

  private static void showChain(FaultProxy proxy, int chainId) {
    proxy.fault((asked, box) ->
        asked.isCall("eth_chainId")
            ? box.answer().with(box.answer().body().replace("0x384", "0x" + chainId))
            : box.answer());
  }

  private static L1Config config(FaultProxy beacon, FaultProxy... rpcs) {
    return new L1Config(
        List.of(rpcs).stream().map(FaultProxy::uri).toList(), List.of(beacon.uri()), 2_000);
  }

  private static L1Box box(Path dir) throws Exception {
    List<OperatorKeys> operators = OperatorKeys.devnets(2);
    return L1Box.start(
        BoxOptions.of(dir, OperatorKeys.owners(operators), time -> L1Genesis.json(time, operators))
            .withPorts(0, 0)
            .withWarmUpEpochs(0)
            .stepped(InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000L))));
  }

  private Hash32 rootOf(L1Box box) throws Exception {
    EndpointPool pool =
        new EndpointPool(List.of(new Endpoint(box.beaconUri().toString())), System::nanoTime);
    return new BeaconClient(pool, transport, HttpOptions.DEFAULT).genesis().validatorsRoot();
  }

  private L1Link open(L1Config config, ClusterFile cluster) throws StartFailure {
    return L1Link.open(config, cluster, transport, System::nanoTime);
  }

  private static ClusterFile cluster(Hash32 genesisValidatorsRoot) {
    return new ClusterFile(
        new ClusterFile.L1(900, genesisValidatorsRoot),
        TestContracts.withInbox(SOME_CONTRACT),
        17,
        Preset.DEVNET.parameters(),
        List.of(
            new ClusterFile.Rollup(
                901,
                JsonMapper.shared()
                    .readTree(
                        "{\"config\":{\"chainId\":901},\"alloc\":{},\"gasLimit\":\"0x1\"}"))));
  }
}
