// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.proof;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/** The most heap that was in use since it was started, garbage included. One thread. */
final class PeakHeap {
  private final List<MemoryPoolMXBean> pools;

  private PeakHeap(List<MemoryPoolMXBean> pools) {
    this.pools = pools;
  }

  static PeakHeap start() {
    System.gc();
    List<MemoryPoolMXBean> pools =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();
    pools.forEach(MemoryPoolMXBean::resetPeakUsage);
    return new PeakHeap(pools);
  }

  /** The sum of the pools' peaks, which need not have been at one time: an upper bound. */
  long peakBytes() {
    return pools.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }
}
