// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;

/** Who owns an L1 slot. Any thread. Source: protocol section 1.3. */
public sealed interface SlotOwner {
  /** The slot belongs to this window, and to its operator. */
  record Owner(Window window) implements SlotOwner {
    public long operatorId() {
      return window.operatorId();
    }

    public Slot windowSlot() {
      return window.windowSlot();
    }

    public boolean fallback() {
      return window.fallback();
    }

    /** Whether this operator may post in the slot. */
    public boolean mayPost() {
      return !window.idle();
    }
  }

  /** No operator is eligible. The slot is a window of its own, open to all. */
  record NoOwner(Slot windowSlot) implements SlotOwner {}

  /** The lookahead does not reach so far: ask again when the duties of this epoch are known. */
  record Unknown(Epoch missing) implements SlotOwner {}
}
