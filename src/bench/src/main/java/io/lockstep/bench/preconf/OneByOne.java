// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

import io.lockstep.bench.client.Anvil;
import io.lockstep.bench.client.BenchException;
import io.lockstep.bench.client.RpcHttp;
import io.lockstep.config.cli.BenchOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One user who waits for each receipt before the next transfer, {@code eth_sendRawTransactionSync}
 * over one HTTP connection: on a devnet's first node and on an anvil that mines at once, in turns
 * of a few transactions, so that what else the machine does falls on both. The main thread.
 */
final class OneByOne {
  private static final int WARM_UP = 200;
  private static final int TURN = 50;

  private final RpcHttp rpc;
  private final SecretKey sender;
  private final UInt256 chainId;
  private final Funding.Fees fees;
  private final long[] latenciesNs;
  private long nonce;
  private int measured;

  private OneByOne(RpcHttp rpc, SecretKey sender, int count) throws BenchException {
    this.rpc = rpc;
    this.sender = sender;
    this.chainId = rpc.quantity("eth_chainId");
    this.fees = Funding.Fees.of(rpc);
    this.latenciesNs = new long[count];
    this.nonce =
        rpc.quantity("eth_getTransactionCount", sender.address().toHex(), "pending")
            .toLongSaturated();
  }

  static ExitCode run(BenchOptions options, Duration connectTimeout) {
    try (HttpClient client =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connectTimeout)
                .build();
        Anvil anvil = options.reference() == null ? anvil() : null) {
      DevnetFile devnet = DevnetFile.read(options.devnet());
      if (devnet.nodes().isEmpty() || devnet.accounts().isEmpty()) {
        throw new DecodeException("the devnet has no node or no account");
      }
      SecretKey sender = devnet.accounts().getLast();
      URI reference = anvil == null ? options.reference() : anvil.endpoint();
      OneByOne node =
          new OneByOne(
              new RpcHttp(client, devnet.nodes().getFirst().rpc()), sender, options.oneByOne());
      OneByOne beside =
          reference == null
              ? null
              : new OneByOne(new RpcHttp(client, reference), sender, options.oneByOne());
      inTurn(node, beside);
      print(options, node.latencies(), beside == null ? null : beside.latencies());
      return ExitCode.DONE;
    } catch (DecodeException e) {
      System.err.println("lockstep: the devnet's files are not as they must be: " + e.getMessage());
      return ExitCode.USAGE;
    } catch (IOException e) {
      System.err.println("lockstep: " + e);
      return ExitCode.UNAVAILABLE;
    } catch (BenchException e) {
      System.err.println("lockstep: " + e.getMessage());
      return ExitCode.NO;
    }
  }

  private static @Nullable Anvil anvil() throws IOException {
    return Anvil.startInstalled(List.of());
  }

  private static void inTurn(OneByOne node, @Nullable OneByOne beside) throws BenchException {
    for (int i = 0; i < WARM_UP; i++) {
      node.send();
      if (beside != null) {
        beside.send();
      }
    }
    while (!node.isDone()) {
      node.turn();
      if (beside != null) {
        beside.turn();
      }
    }
  }

  private boolean isDone() {
    return measured == latenciesNs.length;
  }

  private void turn() throws BenchException {
    for (int i = 0; i < TURN && !isDone(); i++) {
      latenciesNs[measured++] = send();
    }
  }

  /** Sends one more and waits for its receipt; signing is not in the time. */
  private long send() throws BenchException {
    Transaction tx = fees.transfer(chainId, nonce++, Address.ofLong(0xcafe), UInt256.ONE, sender);
    String raw = tx.encoded().toHex();
    long startNs = System.nanoTime();
    JsonNode receipt = rpc.call("eth_sendRawTransactionSync", raw);
    long tookNs = System.nanoTime() - startNs;
    if (!receipt.path("status").asString("").equals("0x1")) {
      throw new BenchException("the transfer " + tx.hash() + " failed: " + receipt);
    }
    return tookNs;
  }

  private Latencies latencies() {
    return new Latencies(latenciesNs);
  }

  private static void print(BenchOptions options, Latencies node, @Nullable Latencies reference) {
    double ratio =
        reference == null ? Double.NaN : node.percentileMs(0.5) / reference.percentileMs(0.5);
    if (options.json()) {
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      out.set("node", json(node));
      if (reference != null) {
        out.set("reference", json(reference));
        out.put("p50Ratio", ratio);
      }
      System.out.println(out);
      return;
    }
    line("node", node);
    if (reference != null) {
      line("reference", reference);
      System.out.printf(Locale.ROOT, "p50 of the node is %.2f of the reference's%n", ratio);
    }
  }

  private static void line(String who, Latencies latencies) {
    System.out.printf(
        Locale.ROOT,
        "%-10s %d one by one: p50 %.2f, p90 %.2f, p99 %.2f, p99.9 %.2f, most %.2f ms%n",
        who,
        latencies.count(),
        latencies.percentileMs(0.5),
        latencies.percentileMs(0.9),
        latencies.percentileMs(0.99),
        latencies.percentileMs(0.999),
        latencies.percentileMs(1));
  }

  private static ObjectNode json(Latencies latencies) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("measured", latencies.count())
        .put("p50Ms", latencies.percentileMs(0.5))
        .put("p90Ms", latencies.percentileMs(0.9))
        .put("p99Ms", latencies.percentileMs(0.99))
        .put("p999Ms", latencies.percentileMs(0.999))
        .put("maxMs", latencies.percentileMs(1));
  }
}
