// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.head;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The newest canonical L1 blocks, for anchors. Owner: the sequencing thread. */
public final class L1View {
  /** Twice the largest anchor lag plus room for reorgs. */
  private static final int KEPT_BLOCKS = 256;

  private final SlotClock clock;
  private final int minAnchorLagSlots;
  private final TreeMap<Long, L1Block> byNumber = new TreeMap<>();
  private long highestSeen = -1;

  /**
   * @param minAnchorLagSlots protocol §1.7: an anchor's L1 time is at least so many slots before
   *     the tick
   */
  public L1View(SlotClock clock, int minAnchorLagSlots) {
    this.clock = clock;
    this.minAnchorLagSlots = minAnchorLagSlots;
  }

  public SlotClock clock() {
    return clock;
  }

  /** Adds the next canonical block. */
  public void add(L1Block block) {
    byNumber.put(block.number(), block);
    highestSeen = Math.max(highestSeen, block.number());
    while (byNumber.size() > KEPT_BLOCKS) {
      byNumber.pollFirstEntry();
    }
  }

  /** Forgets all blocks above {@code number}: they are no longer canonical. */
  public void rewindTo(long number) {
    byNumber.tailMap(number, false).clear();
  }

  /**
   * The highest number ever seen here, whatever a reorg undid since; -1 before the first. What lies
   * above it may stand on L1 without our knowing: the L1 client may lag.
   */
  public long highestSeen() {
    return highestSeen;
  }

  /** Whether a block is known to be off the canonical chain; one never seen is not. */
  public boolean isGone(long number, Hash32 hash) {
    L1Block block = byNumber.get(number);
    if (block != null) {
      return !block.hash().equals(hash);
    }
    L1Block head = head();
    return head != null && number > head.number() && number <= highestSeen;
  }

  public @Nullable L1Block head() {
    Map.Entry<Long, L1Block> last = byNumber.lastEntry();
    return last == null ? null : last.getValue();
  }

  /** The slot of the newest block, or -1 before the first. */
  public long headSlot() {
    L1Block head = head();
    return head == null ? -1 : clock.slotAt(head.timestampSeconds()).value();
  }

  public @Nullable L1Block canonical(long number) {
    return byNumber.get(number);
  }

  public boolean isCanonical(long number, Hash32 hash) {
    L1Block block = byNumber.get(number);
    return block != null && block.hash().equals(hash);
  }

  /**
   * The newest block that a tick starting at {@code timestampSeconds} may be anchored to, or null.
   */
  public @Nullable L1Block anchorFor(long timestampSeconds) {
    long latestSeconds = timestampSeconds - minAnchorLagSlots * clock.slotSeconds();
    for (L1Block block : byNumber.descendingMap().values()) {
      if (block.timestampSeconds() <= latestSeconds) {
        return block;
      }
    }
    return null;
  }
}
