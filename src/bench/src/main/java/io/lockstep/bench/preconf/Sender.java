// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

import io.lockstep.bench.client.BenchException;
import java.util.concurrent.locks.LockSupport;

/**
 * The fixed rate: transaction {@code i} is due {@code i / rate} after the start, whatever became of
 * those before it (an open loop), so that a node that stalls is charged for all that waited. One
 * thread.
 */
final class Sender {
  private static final long NS_PER_SECOND = 1_000_000_000L;

  private final Load load;
  private final int perSecond;

  Sender(Load load, int perSecond) {
    this.load = load;
    this.perSecond = perSecond;
  }

  /** When a transaction is due after the start. */
  static long dueNs(int index, int perSecond) {
    return index * NS_PER_SECOND / perSecond;
  }

  /**
   * Sends all.
   *
   * @return how late the latest was sent, nanoseconds: large when this side could not keep the rate
   */
  long run(RpcSocket socket, long startNs) throws BenchException {
    long latestNs = 0;
    for (int i = 0; i < load.size(); i++) {
      long dueNs = startNs + dueNs(i, perSecond);
      long leftNs = dueNs - System.nanoTime();
      while (leftNs > 0) {
        LockSupport.parkNanos(leftNs);
        leftNs = dueNs - System.nanoTime();
      }
      latestNs = Math.max(latestNs, -leftNs);
      socket.send(load.message(i));
    }
    return latestNs;
  }
}
