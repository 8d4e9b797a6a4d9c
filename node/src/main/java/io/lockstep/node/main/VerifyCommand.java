// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.Invocation;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.Operator;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.CommitmentCheck;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.CommitmentJson;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code lockstep verify}: whether a commitment is genuine, from L1 alone; and with any node's RPC,
 * which is not trusted, whether it was kept.
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
    Commitment commitment;
    try {
      if (Files.size(verify.file()) > MAX_FILE_BYTES) {
        return forged("the file has more than " + MAX_FILE_BYTES + " bytes");
      }
      JsonNode file =
          JsonMapper.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build()
              .readTree(Files.readString(verify.file(), StandardCharsets.UTF_8));
      commitment = CommitmentJson.read(domain, unwrapped(file));
    } catch (JacksonException e) {
      return forged("not JSON: " + e.getOriginalMessage());
    } catch (DecodeException e) {
      return forged(String.valueOf(e.getMessage()));
    }
    Optional<String> fault = CommitmentCheck.disagreement(domain, clusterId, commitment);
    if (fault.isPresent()) {
      return forged(fault.get());
    }
    Finding standing = standing(cluster, commitment, l1);
    if (standing != null) {
      return standing;
    }
    if (verify.rpc() == null) {
      return new Finding(ExitCode.DONE, "genuine", promise(commitment));
    }
    return new KeptCheck(cluster, l1, new RpcCaller(verify.rpc())).check(commitment).finding();
  }

  /** A whole JSON-RPC answer is taken as well as its result. */
  private static JsonNode unwrapped(JsonNode file) {
    JsonNode result = file.get("result");
    return result != null && file.has("jsonrpc") ? result : file;
  }

  /** What L1 says of the signer and the anchor; null when nothing speaks against them. */
  private static @Nullable Finding standing(
      ClusterFile cluster, Commitment commitment, ExecutionClient l1) throws L1Exception {
    RegistryReader registry = new RegistryReader(l1, cluster.operatorRegistry());
    int operatorId = registry.operatorOfCommitter(commitment.committer(), BlockTag.LATEST);
    if (operatorId == 0) {
      return forged("the signer " + commitment.committer() + " is not a registered committer");
    }
    Operator operator = registry.operator(operatorId, BlockTag.LATEST);
    if (operator.frozenAtSeconds() != 0) {
      return new Finding(ExitCode.NO, "unbacked", "operator " + operatorId + " is frozen");
    }
    if (operator.stake().amount().isZero()) {
      return new Finding(ExitCode.NO, "unbacked", "operator " + operatorId + " has no stake");
    }
    Ctx ctx = commitment.signed().ctx();
    var anchor = l1.blockByNumber(ctx.anchorNumber());
    if (anchor != null && !anchor.hash().equals(ctx.anchorHash())) {
      return new Finding(
          ExitCode.NO,
          "void",
          "its anchor, L1 block " + ctx.anchorNumber() + ", is no longer canonical");
    }
    return null;
  }

  static String promise(Commitment commitment) {
    SignedObject object = commitment.signed().object();
    return "%s promises transaction %s at index %d of block %d of rollup %d, window %d%s"
        .formatted(
            commitment.committer(),
            commitment.leaf().txHash(),
            commitment.leaf().txIdx(),
            commitment.leaf().number(),
            commitment.leaf().rollupId(),
            object.windowSlot(),
            commitment.signed().ctx().isProvisional() ? " (provisional)" : "");
  }

  private static Finding forged(String why) {
    return new Finding(ExitCode.NO, "forged", why);
  }

  /** An answer of {@link KeptCheck} in the words of this command. */
  record Kept(Verdict verdict, String detail) {
    enum Verdict {
      KEPT,
      BROKEN,
      NOT_POSTED_YET,
      UNKNOWN
    }

    private Finding finding() {
      return switch (verdict) {
        case KEPT -> new Finding(ExitCode.DONE, "kept", detail);
        case BROKEN -> new Finding(ExitCode.NO, "broken", detail);
        case NOT_POSTED_YET -> new Finding(ExitCode.DONE, "not posted yet", detail);
        case UNKNOWN -> new Finding(ExitCode.UNAVAILABLE, "unknown", detail);
      };
    }
  }
}
