// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.Rollup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;

/** What honest operators promised finally, held against what was derived in the end. One thread. */
final class Promises {
  private final SimTime time;
  private final SteppedBox box;
  private final int windowCapSlots;
  private final Excuses excuses;
  private final IntPredicate lies;
  private final BiConsumer<String, String> fail;
  private final List<Promised> promises = new ArrayList<>();
  private final List<SealedAt> sealed = new ArrayList<>();
  private final Map<BeginningOfBlock, Long> bodyFrom = new HashMap<>();

  /** By height. */
  private final Map<Long, Long> openBlockMs = new HashMap<>();

  private int excused;

  private record Promised(FragMessage message, long atMs) {}

  private record SealedAt(SealMessage message, long atMs) {}

  private record BeginningOfBlock(int operatorId, long tick, long number) {}

  /**
   * @param lies of whose promises nothing is expected
   * @param fail takes an invariant and how it was broken
   */
  Promises(
      SimTime time,
      SteppedBox box,
      int windowCapSlots,
      Excuses excuses,
      IntPredicate lies,
      BiConsumer<String, String> fail) {
    this.time = time;
    this.box = box;
    this.windowCapSlots = windowCapSlots;
    this.excuses = excuses;
    this.lies = lies;
    this.fail = fail;
  }

  void take(FragMessage message) {
    Frag frag = message.frag().object();
    for (FragMessage.Part part : message.parts()) {
      bodyFrom.putIfAbsent(
          new BeginningOfBlock(message.operatorId(), frag.tick(), part.number()),
          part.firstTxIdx());
    }
    if (!message.parts().isEmpty()) {
      promises.add(new Promised(message, time.nowMs()));
    }
  }

  void take(SealMessage message) {
    sealed.add(new SealedAt(message, time.nowMs()));
  }

  /** An open block of this height has landed now: until then it was somebody's duty to post. */
  void openBlock(long number) {
    openBlockMs.putIfAbsent(number, time.nowMs());
  }

  /** Frags with transactions. */
  int seen() {
    return promises.size();
  }

  /** All of them stand on this chain, as far as it is derived. */
  void check(Rollup rollup, long safeHeight) {
    promises.forEach(promise -> check(promise, rollup, safeHeight));
    sealed.forEach(one -> check(one, rollup, safeHeight));
  }

  /** A final seal promises every block of its tick. */
  private void check(SealedAt one, Rollup rollup, long safeHeight) {
    SealMessage message = one.message;
    if (isVoid(message.seal().ctx(), message.operatorId())) {
      return;
    }
    var leaf = message.blocks().getFirst().leaf();
    if (leaf.number() > safeHeight
        || leaf.blockHash().equals(rollup.chain().canonicalHash(leaf.number()))) {
      return;
    }
    long lastSlotMs =
        lastSlotMs(message.seal().ctx(), message.seal().object().windowSlot(), one.atMs);
    if (isExcused(message.operatorId(), lastSlotMs, message.tick(), leaf.number(), one.atMs)) {
      excused++;
      return;
    }
    fail.accept(
        "final-seals-are-kept",
        "operator %d, window %d, tick %d: block %d was sealed as %s and is %s"
            .formatted(
                message.operatorId(),
                message.seal().object().windowSlot(),
                message.tick(),
                leaf.number(),
                leaf.blockHash(),
                rollup.chain().canonicalHash(leaf.number())));
  }

  private boolean isVoid(Ctx ctx, int operatorId) {
    return ctx.isProvisional()
        || lies.test(operatorId)
        || !ctx.anchorHash().equals(box.canonicalHash(ctx.anchorNumber()));
  }

  /**
   * The start of the last slot in which a window posts. A fallback window is named by its first
   * slot and goes on until an owner's begins, which is near wherever one is in reach.
   */
  private long lastSlotMs(Ctx ctx, long windowSlot, long atMs) {
    return (ctx.flags() & Ctx.FALLBACK) == 0
        ? PreparedL1.startMs(box, windowSlot)
        : atMs + windowCapSlots * box.clock().slotSeconds() * 1000;
  }

  /**
   * From a second before the promise to two slots after the last in which its window posts, and on
   * to when somebody else builds that block.
   */
  private boolean isExcused(int operatorId, long lastSlotMs, long tick, long number, long atMs) {
    long slotMs = box.clock().slotSeconds() * 1000;
    long builtMs =
        sealed.stream()
            .filter(one ->
                one.message.tick() > tick
                    && one.message.blocks().getFirst().leaf().number() == number)
            .mapToLong(SealedAt::atMs)
            .findFirst()
            .orElse(openBlockMs.getOrDefault(number, atMs));
    return excuses.excuse(operatorId - 1, atMs - 1_000, Math.max(builtMs, lastSlotMs + 2 * slotMs));
  }

  /** Promises that could not be kept for faults that came together. */
  int excused() {
    return excused;
  }

  private void check(Promised promised, Rollup rollup, long safeHeight) {
    FragMessage promise = promised.message;
    Ctx ctx = promise.frag().ctx();
    if (isVoid(ctx, promise.operatorId())) {
      return;
    }
    for (FragMessage.Part part : promise.parts()) {
      if (part.number() > safeHeight) {
        continue;
      }
      Hash32 hash = rollup.chain().canonicalHash(part.number());
      Block block = hash == null ? null : rollup.chain().block(hash);
      long inserted = block == null ? 0 : insertedSince(promise, part, block);
      for (int i = 0; i < part.transactions().size(); i++) {
        int at = (int) (part.firstTxIdx() + inserted) + i;
        boolean kept =
            block != null
                && at < block.transactions().size()
                && block.transactions().get(at).hash().equals(part.transactions().get(i).hash());
        if (!kept) {
          if (isExcused(
              promise.operatorId(),
              lastSlotMs(ctx, promise.frag().object().windowSlot(), promised.atMs),
              promise.frag().object().tick(),
              part.number(),
              promised.atMs)) {
            excused++;
            continue;
          }
          fail.accept(
              "final-promises-are-kept",
              "operator %d, window %d, frag %d.%d: transaction %s was promised at %d of block %d"
                  .formatted(
                      promise.operatorId(),
                      promise.frag().object().windowSlot(),
                      promise.frag().object().tick(),
                      promise.frag().object().fragIdx(),
                      part.transactions().get(i).hash(),
                      at,
                      part.number()));
          return;
        }
      }
    }
  }

  /**
   * What is promised keeps its place. But a block that was begun in one tick and had to be begun
   * anew in a later one has those forced transactions that are due there (protocol §4.3): so many
   * more stand before what was promised.
   */
  private long insertedSince(FragMessage promise, FragMessage.Part part, Block block) {
    HeaderExtra extra = HeaderExtra.of(block.header());
    long tick = promise.frag().object().tick();
    Long from = bodyFrom.get(new BeginningOfBlock(promise.operatorId(), tick, part.number()));
    return extra.tick() == tick || from == null ? 0 : 1 + extra.forcedTransactions() - from;
  }
}
