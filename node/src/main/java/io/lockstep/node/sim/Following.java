// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.preconf.commitment.Ctx;
import java.util.ArrayDeque;
import java.util.Deque;
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

  private record SealedTick(long tick, long number, Ctx ctx, long atMs) {}

  private final SteppedBox box;
  private final Excuses excuses;
  private final Deque<SealedTick> recent = new ArrayDeque<>();
  private @Nullable SealedTick due;

  Following(SteppedBox box, Excuses excuses) {
    this.box = box;
    this.excuses = excuses;
  }

  void sealed(long tick, long number, Ctx ctx, long nowMs) {
    recent.addLast(new SealedTick(tick, number, ctx, nowMs));
  }

  /**
   * L1 has blocks up to this one, made in ticks up to this one: what was sealed provisionally in
   * later ticks at these heights has given way.
   */
  void derived(long number, long tick) {
    forget(sealed -> sealed.ctx.isProvisional() && sealed.number <= number && sealed.tick > tick);
  }

  /** An open block took the place of what was sealed in its window: nobody has to have that. */
  void openBlock() {
    forget(sealed -> sealed.ctx.isProvisional());
  }

  private void forget(Predicate<SealedTick> gaveWay) {
    recent.removeIf(gaveWay);
    if (due != null && gaveWay.test(due)) {
      due = null;
    }
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
