// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.head.Cluster;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
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

  /** More than one batch ever holds here. */
  private static final int DERIVED_AT_ONCE = 128;

  private record SealedTick(long tick, BlockLeaf block, Ctx ctx, long atMs) {}

  private final SteppedBox box;
  private final Excuses excuses;
  private final Deque<SealedTick> recent = new ArrayDeque<>();
  private final Map<Hash32, BlockLeaf> blocks = new HashMap<>();

  /** By height. */
  private final Map<Long, @Nullable Hash32> derived = new HashMap<>();

  private @Nullable SealedTick due;

  Following(SteppedBox box, Excuses excuses) {
    this.box = box;
    this.excuses = excuses;
  }

  void sealed(SealMessage message, long nowMs) {
    BlockLeaf block = message.blocks().getFirst().leaf();
    blocks.put(block.blockHash(), block);
    recent.addLast(new SealedTick(message.tick(), block, message.seal().ctx(), nowMs));
  }

  /** A node has derived its chain so far from the L1 that is canonical now. */
  void derived(Cluster cluster) {
    long safe = cluster.safeHeight();
    for (long number = Math.max(1, safe - DERIVED_AT_ONCE); number <= safe; number++) {
      derived.put(number, cluster.first().chain().canonicalHash(number));
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
            && !hasGivenWay(newest.block)
        ? "%s is at tick %d, %d was sealed long since".formatted(node, headTick, newest.tick)
        : null;
  }

  /** Whether the block stands on another than what somebody has derived. */
  private boolean hasGivenWay(BlockLeaf block) {
    BlockLeaf below = block;
    while (!derived.containsKey(below.number())) {
      if (below.number() == 1) {
        return false;
      }
      BlockLeaf parent = blocks.get(below.parentHash());
      if (parent == null) {
        // An open block, which nobody sealed: it is on the chain by L1 alone.
        return !below.parentHash().equals(derived.get(below.number() - 1));
      }
      below = parent;
    }
    return !below.blockHash().equals(derived.get(below.number()));
  }
}
