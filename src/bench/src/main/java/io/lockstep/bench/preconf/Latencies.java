// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

import java.util.Arrays;

/** The measured latencies, sorted. Immutable; any thread. */
public final class Latencies {
  private static final double NS_PER_MS = 1e6;

  private final long[] sortedNs;

  /** Takes nanoseconds in any order. */
  public Latencies(long[] valuesNs) {
    sortedNs = valuesNs.clone();
    Arrays.sort(sortedNs);
  }

  public int count() {
    return sortedNs.length;
  }

  /**
   * The smallest latency that this share did not exceed (nearest rank), ms; not a number when
   * nothing was measured.
   */
  public double percentileMs(double share) {
    if (sortedNs.length == 0) {
      return Double.NaN;
    }
    int rank = (int) Math.ceil(share * sortedNs.length);
    return sortedNs[Math.max(0, rank - 1)] / NS_PER_MS;
  }
}
