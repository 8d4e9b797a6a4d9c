// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the ends of windows, and with it whether a successor may begin and whether what
 * it signs is final (protocol §1.4). Owner: the sequencing thread.
 */
final class Handover {
  private static final int REMEMBERED_WINDOWS = 256;
  private static final long NONE = -1;

  /**
   * End-of-window seals by window; the value is the pending slot they hand on, or NONE when final.
   */
  private final Map<Long, Long> ends =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > REMEMBERED_WINDOWS;
        }
      };

  /** The pending slot of each window that this node has seen begin. */
  private final Map<Long, Long> pending =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > REMEMBERED_WINDOWS;
        }
      };

  /** Takes note of a seal that is on our chain. */
  void saw(Signed<Seal> signed, long previousWindowSlot) {
    Seal seal = signed.object();
    Ctx ctx = signed.ctx();
    long waitingFor = pendingSlot(seal.windowSlot(), previousWindowSlot);
    if (seal.eop()) {
      ends.put(seal.windowSlot(), ctx.isProvisional() ? waitingFor : NONE);
    }
  }

  /** Whether the end of this window was seen. */
  boolean hasEnded(long windowSlot) {
    return ends.containsKey(windowSlot);
  }

  /**
   * The last L1 slot in which an earlier window may still post, as seen from {@code windowSlot}; -1
   * when the window before it ended finally.
   */
  long pendingSlot(long windowSlot, long previousWindowSlot) {
    @Nullable Long known = pending.get(windowSlot);
    if (known != null && known == NONE) {
      return NONE;
    }
    @Nullable Long handedOn = ends.get(previousWindowSlot);
    long slot;
    if (handedOn == null) {
      slot = known == null ? previousWindowSlot : known;
    } else {
      slot = handedOn;
    }
    pending.put(windowSlot, slot);
    return slot;
  }
}
