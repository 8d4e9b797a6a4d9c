// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.evm;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * What one program took, in milliseconds by the wall; NaN for who was not asked. Any thread.
 *
 * @param gas that a run uses
 * @param nodeMs by eth_call on a running node of ours
 * @param allocatedBytes by a whole run on the register engine, its fresh state included
 */
record Timing(
    String name,
    boolean isMixed,
    long gas,
    double plainMs,
    double registerMs,
    double referenceMs,
    double nodeMs,
    long allocatedBytes) {
  /** How many times as fast as the reference the register engine is; NaN without one. */
  double ratio() {
    return referenceMs / registerMs;
  }

  double mgasPerSecond() {
    return gas / 1e3 / registerMs;
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** The geometric mean of the ratios of some programs. */
  static double meanRatio(List<Timing> all, Predicate<Timing> which) {
    return Math.exp(
        all.stream().filter(which).mapToDouble(t -> Math.log(t.ratio())).average().orElse(0));
  }
}
