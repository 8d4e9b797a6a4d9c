// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.l1.BlockMaker.FeeSpike;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was ordered for the next slots and has not happened yet. Guarded by the box's lock. */
final class Script {
  /** Most slots that one order may skip or stall. */
  static final int MAX_SLOTS = 4_096;

  private int skipSlots;
  private int stallSlots;
  private final List<Long> stalled = new ArrayList<>();
  private int reorgDepth;
  private boolean reorgDropsTransactions;
  private @Nullable FeeSpike spike;

  void skip(int slots) {
    skipSlots = bounded(skipSlots + slots);
  }

  void stall(int slots) {
    stallSlots = bounded(stallSlots + slots);
  }

  /** What was ordered before and has not happened yet still happens: the deeper one counts. */
  void reorg(int depth, boolean dropTransactions) {
    reorgDropsTransactions = dropTransactions || (reorgDepth > 0 && reorgDropsTransactions);
    reorgDepth = Math.max(reorgDepth, depth);
  }

  void spike(FeeSpike fees) {
    spike = fees;
  }

  /**
   * The slots whose blocks are to be made now that {@code slot} begins: none when it is missed or
   * the head stalls, several when a stall ends.
   */
  List<Long> due(long slot) {
    if (skipSlots > 0) {
      skipSlots--;
      return List.of();
    }
    stalled.add(slot);
    if (stallSlots > 0) {
      stallSlots--;
      return List.of();
    }
    List<Long> slots = List.copyOf(stalled);
    stalled.clear();
    return slots;
  }

  /** How deep the next block reorganises, once; 0 for not at all. */
  int takeReorgDepth() {
    int depth = reorgDepth;
    reorgDepth = 0;
    return depth;
  }

  boolean reorgDropsTransactions() {
    return reorgDropsTransactions;
  }

  @Nullable FeeSpike takeSpike() {
    FeeSpike fees = spike;
    spike = null;
    return fees;
  }

  private static int bounded(int slots) {
    if (slots < 0 || slots > MAX_SLOTS) {
      throw new IllegalArgumentException(
          "at most " + MAX_SLOTS + " slots can be ordered, got " + slots);
    }
    return slots;
  }
}
