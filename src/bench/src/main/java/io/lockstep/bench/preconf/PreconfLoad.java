// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

import io.lockstep.bench.client.BenchException;
import io.lockstep.bench.client.RpcHttp;
import io.lockstep.config.cli.BenchOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.node.main.PreconfBenchmark;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code lockstep bench preconf}: from the time a transfer is due to be sent to the moment a wallet
 * holds a frag with it and has checked signature and leaves. The main thread.
 */
public final class PreconfLoad implements PreconfBenchmark {
  static final int WARM_UP_SECONDS = 3;

  /** All are signed before the first is sent and kept in memory, about 1 KiB each. */
  private static final long MAX_TRANSACTIONS = 1_000_000;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Found as a service. */
  public PreconfLoad() {}

  @Override
  public ExitCode run(BenchOptions options) {
    if (options.oneByOne() > 0) {
      return OneByOne.run(options, CONNECT_TIMEOUT);
    }
    long wanted = (long) options.perSecond() * options.seconds();
    if (options.seconds() <= WARM_UP_SECONDS || wanted > MAX_TRANSACTIONS) {
      System.err.printf(
          "lockstep: --seconds must be more than the warm-up of %d, and all transactions at most %d%n",
          WARM_UP_SECONDS, MAX_TRANSACTIONS);
      return ExitCode.USAGE;
    }
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build()) {
      DevnetFile devnet = DevnetFile.read(options.devnet());
      Result result = measure(options, devnet, client, (int) wanted);
      if (options.json()) {
        System.out.println(result.json());
      } else {
        System.out.print(result.text());
      }
      return result.isWhole() ? ExitCode.DONE : ExitCode.NO;
    } catch (DecodeException e) {
      System.err.println("lockstep: the devnet's files are not as they must be: " + e.getMessage());
      return ExitCode.USAGE;
    } catch (IOException e) {
      System.err.println("lockstep: cannot read the devnet's files: " + e);
      return ExitCode.UNAVAILABLE;
    } catch (BenchException e) {
      System.err.println("lockstep: " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    }
  }

  private static Result measure(
      BenchOptions options, DevnetFile devnet, HttpClient client, int count)
      throws IOException, DecodeException, BenchException {
    if (devnet.nodes().isEmpty() || devnet.rollups().isEmpty()) {
      throw new DecodeException("the devnet has no node or no rollup");
    }
    DevnetFile.Node node = devnet.nodes().getFirst();
    RpcHttp rpc = new RpcHttp(client, node.rpc());
    UInt256 chainId = UInt256.of(devnet.rollups().getFirst().chainId());
    FragCheck check = fragCheck(devnet, client);
    Funding.Fees fees = Funding.Fees.of(rpc);
    int transfersEach = Math.ceilDiv(count, options.senders());
    List<SecretKey> senders =
        new Funding(rpc, fees, chainId).fund(devnet.accounts(), options.senders(), transfersEach);
    Load load = Load.sign(fees, chainId, senders, count);
    return new Measurement(check, load).run(options, client, node.ws());
  }

  /** What is signed for this cluster, and by whom. */
  private static FragCheck fragCheck(DevnetFile devnet, HttpClient client)
      throws IOException, DecodeException, BenchException {
    ClusterFile cluster = ClusterFile.read(devnet.cluster());
    long l1ChainId = cluster.l1().chainId();
    Set<Address> committers = new HashSet<>();
    for (DevnetFile.Node node : devnet.nodes()) {
      if (node.role() == DevnetFile.Role.OPERATOR) {
        committers.add(committer(new RpcHttp(client, node.rpc())));
      }
    }
    return new FragCheck(
        new CommitmentDomain(l1ChainId, cluster.operatorRegistry()),
        CommitmentDomain.clusterId(l1ChainId, cluster.clusterInbox()),
        committers);
  }

  private static Address committer(RpcHttp rpc) throws BenchException {
    try {
      return Params.address(rpc.call("preconf_status").path("committer"), "committer");
    } catch (RpcError e) {
      throw new BenchException("an operator does not tell its committer: " + e.text(), e);
    }
  }
}
