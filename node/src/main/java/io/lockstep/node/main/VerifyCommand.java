// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.Invocation;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Held;
import io.lockstep.preconf.commitment.HeldJson;
import io.lockstep.preconf.verify.PreconfVerifier;
import io.lockstep.preconf.verify.Verdict;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code lockstep verify}: whether a commitment or a promise is genuine, from L1 alone; and with
 * any node's RPC, which is not trusted, whether it was kept.
 */
final class VerifyCommand {
  private static final long MAX_FILE_BYTES = 1 << 20;

  /** What was found out; the first word of the answer. */
  private record Finding(ExitCode code, String word, String detail) {}

  private VerifyCommand() {}

  static ExitCode run(Invocation.Verify verify) {
    Finding finding;
    try (JdkTransport transport = new JdkTransport(2_000)) {
      ExecutionClient l1 =
          new ExecutionClient(
              new EndpointPool(List.of(new Endpoint(verify.l1Rpc().toString())), System::nanoTime),
              transport,
              HttpOptions.DEFAULT);
      finding = check(verify, l1);
    } catch (L1Exception e) {
      finding =
          new Finding(ExitCode.UNAVAILABLE, "unknown", "L1 does not answer: " + e.getMessage());
    } catch (IOException e) {
      finding = new Finding(ExitCode.UNAVAILABLE, "unknown", String.valueOf(e.getMessage()));
    }
    print(verify.json(), finding);
    return finding.code;
  }

  private static void print(boolean json, Finding finding) {
    if (json) {
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      out.put("result", finding.word).put("detail", finding.detail);
      System.out.println(out);
    } else {
      System.out.println(
          finding.detail.isEmpty() ? finding.word : finding.word + ": " + finding.detail);
    }
  }

  private static Finding check(Invocation.Verify verify, ExecutionClient l1)
      throws IOException, L1Exception {
    ClusterFile cluster = verify.cluster();
    long chainId = l1.chainId().toLongSaturated();
    if (chainId != cluster.l1().chainId()) {
      return new Finding(
          ExitCode.USAGE,
          "unknown",
          "the L1 is chain " + chainId + ", the cluster is on chain " + cluster.l1().chainId());
    }
    CommitmentDomain domain = new CommitmentDomain(chainId, cluster.operatorRegistry());
    Hash32 clusterId = CommitmentDomain.clusterId(chainId, cluster.clusterInbox());
    Held held;
    try {
      if (Files.size(verify.file()) > MAX_FILE_BYTES) {
        return forged("the file has more than " + MAX_FILE_BYTES + " bytes");
      }
      JsonNode file =
          JsonMapper.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build()
              .readTree(Files.readString(verify.file(), StandardCharsets.UTF_8));
      held = HeldJson.read(domain, unwrapped(file));
    } catch (JacksonException e) {
      return forged("not JSON: " + e.getOriginalMessage());
    } catch (DecodeException e) {
      return forged(String.valueOf(e.getMessage()));
    }
    ClusterOnL1 contracts = new ClusterOnL1(cluster, l1);
    PreconfVerifier verifier = new PreconfVerifier(domain, clusterId, contracts.time(), contracts);
    return verify.rpc() == null
        ? finding(held, verifier.verify(held))
        : finding(held, verifier.verify(held, new ShownByNode(new RpcCaller(verify.rpc()))));
  }

  private static Finding finding(Held held, Verdict verdict) {
    return switch (verdict) {
      case Verdict.Forged forged -> forged(forged.detail());
      case Verdict.Backed _ -> new Finding(ExitCode.DONE, "genuine", HeldText.of(held));
      case Verdict.Genuine(Verdict.Doubt doubt, String detail) ->
          switch (doubt) {
            case PROVISIONAL, CONDITIONAL, WINDOW_UNKNOWN, ANCHOR_UNKNOWN ->
                new Finding(ExitCode.DONE, "genuine", HeldText.of(held) + "; " + detail);
            case ANCHOR_GONE, OPEN_BLOCK -> new Finding(ExitCode.NO, "void", detail);
            case FROZEN, NO_STAKE, WRONG_WINDOW, NOT_THE_OWNER, OVEREXPOSED ->
                new Finding(ExitCode.NO, "unbacked", detail);
          };
      case Verdict.NotYet _ -> new Finding(ExitCode.DONE, "not posted yet", HeldText.of(held));
      case Verdict.Kept kept -> new Finding(ExitCode.DONE, "kept", kept.detail());
      case Verdict.Broken broken -> new Finding(ExitCode.NO, "broken", broken.detail());
      case Verdict.Unknown unknown ->
          new Finding(ExitCode.UNAVAILABLE, "unknown", unknown.detail());
    };
  }

  /** A whole JSON-RPC answer is taken as well as its result, and a list of one as its element. */
  private static JsonNode unwrapped(JsonNode file) {
    JsonNode result = file.get("result");
    JsonNode held = result != null && file.has("jsonrpc") ? result : file;
    return held.isArray() && held.size() == 1 ? held.get(0) : held;
  }

  private static Finding forged(String why) {
    return new Finding(ExitCode.NO, "forged", why);
  }
}
