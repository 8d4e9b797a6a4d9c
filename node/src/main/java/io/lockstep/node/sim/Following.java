// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Users read the newest state at any node: who is up and has had no trouble for a while has what
 * was sealed before. One thread.
 */
final class Following {
  /** A request and its answer may get lost, are asked again, and the answer is executed. */
  private static final long PATIENCE_MS = 3_000;

  /** Trouble is over so long ago. */
  private static final long CALM_MS = 4_000;

  private record SealedTick(long tick, BlockLeaf block, Ctx ctx, long atMs) {}

  private final SteppedBox box;
  private final Excuses excuses;
  private final Deque<SealedTick> recent = new ArrayDeque<>();

  /** Blocks that L1 has put others in the place of, and those that stand on them. */
  private final Set<Hash32> displaced = new HashSet<>();

  private @Nullable SealedTick due;

  Following(SteppedBox box, Excuses excuses) {
    this.box = box;
    this.excuses = excuses;
  }

  void sealed(SealMessage message, long nowMs) {
    BlockLeaf block = message.blocks().getFirst().leaf();
    if (displaced.contains(block.parentHash())) {
      displaced.add(block.blockHash());
    } else {
      recent.addLast(new SealedTick(message.tick(), block, message.seal().ctx(), nowMs));
    }
  }

  /**
   * L1 has blocks up to this one, made in ticks up to this one: what was sealed provisionally in
   * later ticks at these heights has given way, and what stands on that.
   */
  void derived(long number, long tick) {
    forget(sealed ->
        displaced.contains(sealed.block.parentHash())
            || (sealed.ctx.isProvisional()
                && sealed.block.number() <= number
                && sealed.tick > tick));
  }

  /** An open block took the place of what was sealed in its window: nobody has to have that. */
  void openBlock() {
    forget(sealed -> sealed.ctx.isProvisional());
  }

  private void forget(Predicate<SealedTick> gaveWay) {
    // In the order of sealing: what a block stands on comes before it.
    if (due != null && gaveWay.test(due)) {
      displaced.add(due.block.blockHash());
      due = null;
    }
    recent.removeIf(sealed -> {
      boolean gone = gaveWay.test(sealed);
      if (gone) {
        displaced.add(sealed.block.blockHash());
      }
      return gone;
    });
  }

  /** What this node lacks, in words, or null. */
  @Nullable String missing(String node, long headTick, long nowMs) {
    while (!recent.isEmpty() && recent.getFirst().atMs <= nowMs - PATIENCE_MS) {
      due = recent.removeFirst();
    }
    SealedTick newest = due;
    return newest != null
            && headTick < newest.tick
            && newest.ctx.anchorHash().equals(box.canonicalHash(newest.ctx.anchorNumber()))
            && excuses.isCalm(nowMs - CALM_MS, nowMs)
        ? "%s is at tick %d, %d was sealed long since".formatted(node, headTick, newest.tick)
        : null;
  }
}
