// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.intake;

import io.lockstep.bench.client.Anvil;
import io.lockstep.bench.client.BenchException;
import io.lockstep.bench.client.RpcHttp;
import io.lockstep.config.cli.BenchRpcOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.node.main.RpcBenchmark;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code lockstep bench rpc}: how fast transactions are answered and come into blocks, on a devnet
 * and on a reference in turn. The main thread.
 */
public final class RpcLoad implements RpcBenchmark {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final long SAFE_TIMEOUT_MS = 180_000;

  /** Found as a service. */
  public RpcLoad() {}

  @Override
  public ExitCode run(BenchRpcOptions options) {
    try (HttpClient client =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
        Anvil anvil = options.reference() == null ? anvil() : null) {
      DevnetFile devnet = DevnetFile.read(options.devnet());
      if (devnet.nodes().isEmpty() || devnet.accounts().isEmpty()) {
        throw new DecodeException("the devnet has no node or no account");
      }
      URI reference = anvil == null ? options.reference() : anvil.endpoint();
      RpcHttp node = new RpcHttp(client, devnet.nodes().getFirst().rpc());
      RpcHttp beside = reference == null ? null : new RpcHttp(client, reference);
      for (Workload workload : Workload.values()) {
        if (workload.count(options) > 0) {
          measure(options, workload, devnet.accounts().getFirst(), node, beside);
        }
      }
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
    return Anvil.startInstalled(List.of("--block-time", "1"));
  }

  private static void measure(
      BenchRpcOptions options,
      Workload workload,
      SecretKey payer,
      RpcHttp node,
      @Nullable RpcHttp reference)
      throws BenchException {
    Run.Timing own =
        Run.of(node, workload.lanes(new Wallets(node, payer), options), SAFE_TIMEOUT_MS);
    Run.Timing other =
        reference == null
            ? null
            : Run.of(reference, workload.lanes(new Wallets(reference, payer), options), 0);
    if (options.json()) {
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      out.put("workload", workload.title);
      out.set("node", json(own));
      if (other != null) {
        out.set("reference", json(other));
        out.put("intakeRatio", own.intakeRate() / other.intakeRate());
        out.put("inclusionRatio", own.inclusionRate() / other.inclusionRate());
      }
      System.out.println(out);
      return;
    }
    line(workload.title, "node", own);
    if (other != null) {
      line(workload.title, "reference", other);
      System.out.printf(
          Locale.ROOT,
          "%-16s ratio       intake %.2f, inclusion %.2f%n",
          workload.title,
          own.intakeRate() / other.intakeRate(),
          own.inclusionRate() / other.inclusionRate());
    }
  }

  private static void line(String workload, String who, Run.Timing timing) {
    System.out.printf(
        Locale.ROOT,
        "%-16s %-11s intake %,.0f tx/s (%.2f s), inclusion %,.0f tx/s (%.2f s, %d blocks)%s%n",
        workload,
        who,
        timing.intakeRate(),
        timing.intakeMs() / 1_000,
        timing.inclusionRate(),
        timing.inclusionMs() / 1_000,
        timing.blocks(),
        timing.safeMs() < 0
            ? ""
            : String.format(Locale.ROOT, ", all safe %.1f s later", timing.safeMs() / 1_000.0));
  }

  private static ObjectNode json(Run.Timing timing) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("transactions", timing.count()).put("intakeMs", timing.intakeMs());
    out.put("inclusionMs", timing.inclusionMs()).put("blocks", timing.blocks());
    out.put("intakePerSecond", timing.intakeRate());
    out.put("inclusionPerSecond", timing.inclusionRate());
    if (timing.safeMs() >= 0) {
      out.put("safeMs", timing.safeMs());
    }
    return out;
  }
}
