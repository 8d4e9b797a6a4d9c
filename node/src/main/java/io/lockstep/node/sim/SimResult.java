// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.primitives.types.Hash32;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of a run.
 *
 * @param violation null when everything held
 * @param faults how often each kind was injected
 * @param promises frags with transactions that honest operators released
 * @param promisesExcused final promises lost to faults that came together
 * @param messages delivered up to the safe block
 * @param forced items of the forced queue that were used up by then
 * @param forcedIncluded how many of these stand in blocks
 * @param openBlocks blocks of open windows
 * @param safeHeight the highest safe block at the end
 * @param digest over everything signed, when and by whom, and over what was derived in the end
 */
record SimResult(
    long seed,
    @Nullable Violation violation,
    Map<String, Integer> faults,
    int seals,
    int promises,
    int promisesExcused,
    int transactions,
    int messages,
    int forced,
    int forcedIncluded,
    int openBlocks,
    long safeHeight,
    Hash32 digest) {

  boolean passed() {
    return violation == null;
  }

  /** One line for scripts. */
  ObjectNode toJson() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("seed", seed).put("passed", passed());
    Violation broken = violation;
    if (broken != null) {
      out.putObject("violation")
          .put("invariant", broken.invariant())
          .put("what", broken.what())
          .put("atMs", broken.atMs());
    }
    ObjectNode counts = out.putObject("faults");
    faults.forEach(counts::put);
    out.put("seals", seals)
        .put("promises", promises)
        .put("promisesExcused", promisesExcused)
        .put("transactions", transactions)
        .put("messages", messages)
        .put("forced", forced)
        .put("forcedIncluded", forcedIncluded)
        .put("openBlocks", openBlocks)
        .put("safeHeight", safeHeight)
        .put("digest", digest.toHex());
    return out;
  }
}
