// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the ends of windows, and with it whether a successor may begin and whether what
 * it signs is final (protocol §1.4). Owner: the sequencing thread.
 */
final class Handover {
  private static final int REMEMBERED_WINDOWS = 256;
  private static final long NONE = -1;

  /**
   * An end-of-window seal.
   *
   * @param pendingSlot what it hands on, or NONE when final
   * @param number height of its block, which may have given way since
   */
  private record End(long pendingSlot, long number, Hash32 blockHash) {}

  private final BiPredicate<Long, Hash32> isOnChain;

  /** By window. */
  private final Map<Long, End> ends =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, End> eldest) {
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

  /**
   * @param isOnChain whether the block with this height and hash, of the first rollup, is on our
   *     chain
   */
  Handover(BiPredicate<Long, Hash32> isOnChain) {
    this.isOnChain = isOnChain;
  }

  /** Takes note of a seal that is on our chain. */
  void saw(SealMessage message, long previousWindowSlot) {
    Seal seal = message.seal().object();
    long waitingFor = pendingSlot(seal.windowSlot(), previousWindowSlot);
    if (seal.eop()) {
      BlockLeaf last = message.blocks().getFirst().leaf();
      ends.put(
          seal.windowSlot(),
          new End(
              message.seal().ctx().isProvisional() ? waitingFor : NONE,
              last.number(),
              last.blockHash()));
    }
  }

  /** Whether the end of this window was seen. */
  boolean hasEnded(long windowSlot) {
    return ends.containsKey(windowSlot);
  }

  /**
   * The last L1 slot in which an earlier window may still post, as seen from {@code windowSlot}; -1
   * when the window before it ended finally. An end that our chain does not stand on any more hands
   * nothing on.
   */
  long pendingSlot(long windowSlot, long previousWindowSlot) {
    @Nullable Long known = pending.get(windowSlot);
    End end = ends.get(previousWindowSlot);
    long slot;
    if (end == null) {
      slot = known == null ? previousWindowSlot : known;
    } else if (isOnChain.test(end.number, end.blockHash)) {
      slot = end.pendingSlot;
    } else {
      slot = previousWindowSlot;
    }
    pending.put(windowSlot, slot);
    return slot;
  }
}
