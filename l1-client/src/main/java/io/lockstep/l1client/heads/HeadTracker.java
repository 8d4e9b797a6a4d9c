// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.heads;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.types.BlockRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the L1 execution chain and tells it as ordered events. Each {@link #step} asks for the
 * node's head, links it to the known chain by parent hashes and reports what changed, at most
 * {@link #MAX_BLOCKS_PER_STEP} blocks at a time. An answer that lags behind the known head is
 * ignored. Owned by one thread; the consumer is called on it.
 */
public final class HeadTracker {
  /** Reorgs up to this depth are followed; Ethereum finalises after 64 to 95 slots. */
  public static final int WINDOW_BLOCKS = 256;

  public static final int MAX_BLOCKS_PER_STEP = 64;

  /**
   * Blocks below the first that are looked up at a start, so that its own reorg can be followed.
   */
  private static final int BLOCKS_BELOW_START = 128;

  private final ExecutionClient execution;
  private final Consumer<L1Event> consumer;
  private final ChainWindow window = new ChainWindow(WINDOW_BLOCKS);
  private final List<BlockRef> resumeFrom;
  private boolean resumed;
  private boolean rooted;
  private boolean unreachable;
  private boolean broken;
  private volatile List<BlockRef> view = List.of();
  private @Nullable BlockRef safe;
  private @Nullable BlockRef finalized;

  /**
   * @param resumeFrom the last blocks that the consumer has processed, lowest first and linked
   *     (their last is its head), so that a reorg during the pause is told as one; empty to start
   *     at the node's head, which is then the first block told (a later reorg may drop blocks below
   *     it too, which are named then)
   */
  public HeadTracker(
      ExecutionClient execution, List<BlockRef> resumeFrom, Consumer<L1Event> consumer) {
    this.execution = execution;
    this.resumeFrom = List.copyOf(resumeFrom);
    this.consumer = consumer;
    resumeFrom.forEach(window::append);
  }

  /** The last block told, or null before the first. */
  public @Nullable BlockRef head() {
    return window.isEmpty() ? null : window.head();
  }

  /** The blocks told or being told, as far as kept, lowest first. Any thread. */
  public List<BlockRef> view() {
    return view;
  }

  /** The told block of this number, or null when it is above the head or too old. */
  public @Nullable BlockRef blockAt(long number) {
    return window.at(number);
  }

  /**
   * Asks the node once and tells what changed.
   *
   * @return whether more is known to be waiting, so that the next step should follow at once
   */
  public boolean step() {
    if (broken) {
      return false;
    }
    try {
      boolean more = advance();
      if (unreachable) {
        unreachable = false;
        consumer.accept(new L1Event.Reachable());
      }
      return more;
    } catch (L1Exception e) {
      // an interrupt means that this thread shall end, not that L1 is away
      if (!unreachable && !Thread.currentThread().isInterrupted()) {
        unreachable = true;
        consumer.accept(new L1Event.Unreachable(e.text()));
      }
      return false;
    }
  }

  private boolean advance() throws L1Exception {
    if (!resumed) {
      resume();
    }
    L1Block latest = execution.block(BlockTag.LATEST);
    if (latest == null) {
      return false; // a node without a chain yet
    }
    boolean more = false;
    if (window.isEmpty()) {
      window.append(latest.ref());
      view = window.blocks();
      consumer.accept(new L1Event.NewBlocks(List.of(latest)));
    }
    if (!rooted && !broken) {
      root();
    }
    if (!window.contains(latest.number(), latest.hash())) {
      more = follow(latest);
    }
    if (!more && !broken) {
      marks();
    }
    return more;
  }

  /** Finds where the consumer's chain still stands: what is above was dropped during the pause. */
  private void resume() throws L1Exception {
    BlockRef standing = null;
    for (BlockRef known : resumeFrom.reversed()) {
      L1Block canonical = execution.blockByNumber(known.number());
      if (canonical == null) {
        throw new L1Exception(
            L1Exception.Kind.BUSY,
            "the L1 node is behind: it has no block " + known.number() + ", processed before");
      }
      if (canonical.hash().equals(known.hash())) {
        standing = known;
        break;
      }
    }
    resumed = true;
    if (resumeFrom.isEmpty() || (standing != null && standing.equals(resumeFrom.getLast()))) {
      return;
    }
    if (standing == null) {
      L1Block latest = execution.block(BlockTag.LATEST);
      tooDeep(latest == null ? window.head() : latest.ref());
      return;
    }
    // what replaced the dropped blocks is told by the steps that follow
    List<BlockRef> dropped = window.dropAbove(standing.number());
    view = window.blocks();
    consumer.accept(new L1Event.Reorg(standing, dropped, List.of()));
  }

  /** Looks up what lies below the first block, down to the finalized one. */
  private void root() throws L1Exception {
    L1Block floor = execution.block(BlockTag.FINALIZED);
    long lowest =
        Math.max(floor == null ? 0 : floor.number(), window.head().number() - BLOCKS_BELOW_START);
    while (window.oldest().number() > lowest) {
      L1Block parent = execution.blockByHash(window.oldest().parentHash());
      if (parent == null) {
        break; // a node that keeps less history: reorgs are followed as far as there is
      }
      window.prepend(parent.ref());
    }
    view = window.blocks();
    rooted = true;
  }

  private boolean follow(L1Block latest) throws L1Exception {
    if (broken || latest.number() < window.oldest().number()) {
      return false; // an endpoint far behind
    }
    long reach = window.head().number() + MAX_BLOCKS_PER_STEP;
    L1Block target = latest;
    if (latest.number() > reach) {
      target = execution.blockByNumber(reach);
      if (target == null) {
        return false; // an endpoint that lags behind the one that named the head
      }
    }
    ArrayDeque<L1Block> branch = new ArrayDeque<>();
    branch.addFirst(target);
    while (!window.contains(branch.getFirst().number() - 1, branch.getFirst().parentHash())) {
      L1Block lowest = branch.getFirst();
      if (lowest.number() <= window.oldest().number()) {
        tooDeep(latest.ref());
        return false;
      }
      L1Block parent = execution.blockByHash(lowest.parentHash());
      if (parent == null) {
        return false; // the branch is being replaced, or the endpoint lags: ask again later
      }
      if (parent.number() != lowest.number() - 1) {
        throw new L1Exception(
            L1Exception.Kind.BAD_ANSWER,
            "block " + lowest.number() + " has a parent of number " + parent.number());
      }
      branch.addFirst(parent);
    }
    tell(new ArrayList<>(branch));
    return target.number() < latest.number();
  }

  private void tell(List<L1Block> branch) {
    long forkNumber = branch.getFirst().number() - 1;
    BlockRef fork = window.at(forkNumber);
    if (fork == null) {
      throw new IllegalStateException("the fork point " + forkNumber + " left the window");
    }
    List<BlockRef> dropped = window.dropAbove(forkNumber);
    branch.forEach(block -> window.append(block.ref()));
    view = window.blocks(); // before the consumer, which may take its time
    consumer.accept(
        dropped.isEmpty()
            ? new L1Event.NewBlocks(branch)
            : new L1Event.Reorg(fork, dropped, branch));
  }

  private void tooDeep(BlockRef newHead) {
    broken = true;
    consumer.accept(new L1Event.TooDeep(window.oldest(), newHead));
  }

  private void marks() throws L1Exception {
    BlockRef newSafe = mark(BlockTag.SAFE, safe);
    if (newSafe != null) {
      safe = newSafe;
      consumer.accept(new L1Event.Safe(newSafe));
    }
    BlockRef newFinalized = mark(BlockTag.FINALIZED, finalized);
    if (newFinalized != null) {
      finalized = newFinalized;
      consumer.accept(new L1Event.Finalized(newFinalized));
    }
  }

  /** The block under {@code tag} when it is higher than {@code before} and on the told chain. */
  private @Nullable BlockRef mark(BlockTag tag, @Nullable BlockRef before) throws L1Exception {
    L1Block block = execution.block(tag);
    if (block == null
        || block.number() > window.head().number()
        || (before != null && block.number() <= before.number())) {
      return null;
    }
    BlockRef known = window.at(block.number());
    return known == null || known.hash().equals(block.hash()) ? block.ref() : null;
  }
}
