// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.schedule.Window;

/**
 * Which windows stand open to all, because nobody has posted for long (protocol §1.3.6). Owner: the
 * sequencing thread.
 */
final class OpenWindows {
  private final DerivationLog log;
  private final int openAfterSlots;

  OpenWindows(DerivationLog log, int openAfterSlots) {
    this.log = log;
    this.openAfterSlots = openAfterSlots;
  }

  /**
   * Whether a window is open as L1 stands at a block. Of a window whose beginning is not known the
   * latest possible one is taken: rather too often open than signed for.
   */
  boolean isOpen(Window window, long l1Number) {
    DerivationLog.Entry newest = log.newestUpTo(l1Number);
    if (newest == null || newest.closedSlot() < 0) {
      return false; // before the first batch there is nothing to rescue
    }
    Slot first = window.firstSlot();
    return newest.closedSlot() + openAfterSlots
        <= (first == null ? window.windowSlot() : first).value();
  }
}
