// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.proof;

import io.lockstep.config.cli.BenchProofsOptions;
import io.lockstep.l1client.proof.BlockProofs;
import io.lockstep.l1client.proof.ValidatorProof;
import io.lockstep.primitives.ssz.Branch;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was measured. Immutable.
 *
 * @param seconds from asking for the header to the last branch
 * @param onChain whether the contract of EIP-4788 has the root, null when it was not asked
 */
record ProofReport(
    BlockProofs proofs,
    Map<String, Branch> branches,
    double seconds,
    long peakBytes,
    @Nullable Boolean onChain,
    @Nullable MadeUp madeUp) {

  /**
   * About a state that was made up.
   *
   * @param rootSeconds the first pass in this process, hashing alone
   */
  record MadeUp(long stateBytes, double rootSeconds) {}

  /** Every branch by its path, as consensus-specs names the fields. */
  static Map<String, Branch> byName(BlockProofs proofs) {
    Map<String, Branch> out = new LinkedHashMap<>();
    for (int chunk = 0; chunk < proofs.lookahead().size(); chunk++) {
      out.put("proposer_lookahead." + 4 * chunk, proofs.lookahead().get(chunk));
    }
    for (long index : proofs.validators().keySet().stream().sorted().toList()) {
      ValidatorProof validator = proofs.validators().get(index);
      if (validator != null) {
        String at = "validators." + index + ".";
        out.put(at + "pubkey", validator.pubkey());
        out.put(at + "withdrawal_credentials", validator.withdrawalCredentials());
        out.put(at + "slashed", validator.slashed());
        out.put(at + "exit_epoch", validator.exitEpoch());
      }
    }
    return out;
  }

  void print(BenchProofsOptions options) {
    if (options.json()) {
      System.out.println(json(options));
      return;
    }
    if (madeUp != null) {
      say(
          "state        %,d validators, %,d bytes (%s); its root alone, cold: %.1f s",
          options.validators(),
          madeUp.stateBytes,
          options.fork().name().toLowerCase(Locale.ROOT),
          madeUp.rootSeconds);
    }
    say("block        slot %s root %s", proofs.slot(), proofs.blockRoot());
    say(
        "branches     %,d (%d of the lookahead, %,d validators), all lead to the root",
        branches.size(), proofs.lookahead().size(), proofs.validators().size());
    say("took         %.2f s from the request to the last branch", seconds);
    say(
        "peak heap    %,d MB, of at most %,d MB",
        peakBytes >> 20, Runtime.getRuntime().maxMemory() >> 20);
    if (onChain != null) {
      say("EIP-4788     %s", onChain ? "has the root" : "does not have the root");
    }
  }

  private ObjectNode json(BenchProofsOptions options) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("slot", proofs.slot().value()).put("blockRoot", proofs.blockRoot().toHex());
    out.put("seconds", seconds).put("peakHeapBytes", peakBytes);
    out.put("maxHeapBytes", Runtime.getRuntime().maxMemory()).put("branchCount", branches.size());
    if (madeUp != null) {
      out.put("validators", options.validators()).put("stateBytes", madeUp.stateBytes);
      out.put("rootSeconds", madeUp.rootSeconds);
    } else {
      ObjectNode all = out.putObject("branches");
      branches.forEach((name, branch) -> {
        ObjectNode one = all.putObject(name).put("leaf", branch.leaf().toHex());
        ArrayNode siblings = one.putArray("siblings");
        branch.siblings().forEach(sibling -> siblings.add(sibling.toHex()));
      });
    }
    if (onChain != null) {
      out.put("onChain", onChain);
    }
    return out;
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
