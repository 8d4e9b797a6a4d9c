// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.heads;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconHeader;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.l1client.beacon.ExecutionLink;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the beacon node's head against the execution chain that was told: the execution block of
 * the one must be on the other. A difference that stays is told, and with several endpoints those
 * that stand alone with their view are asked last, so that it is resolved where it can be. Owned by
 * one thread.
 */
public final class HeadAgreement {
  /** One client may have heard of a few blocks more than the other. */
  private static final int TOLERATED_BLOCKS = 4;

  private final ExecutionClient execution;
  private final BeaconClient beacon;
  private final Supplier<List<BlockRef>> view;
  private final long confirmMs;
  private final LongSupplier nowMs;
  private final Consumer<@Nullable String> told;

  private @Nullable Hash32 linkedRoot;
  private @Nullable ExecutionLink link;
  private long faultSinceMs = -1;
  private boolean disagreeing;

  /**
   * @param view the execution chain as told, lowest first
   * @param confirmMs a difference must stay for so long: a block reaches one client before the
   *     other
   * @param nowMs only rises
   * @param told why the two disagree, null when they agree again
   */
  public HeadAgreement(
      ExecutionClient execution,
      BeaconClient beacon,
      Supplier<List<BlockRef>> view,
      long confirmMs,
      LongSupplier nowMs,
      Consumer<@Nullable String> told) {
    this.execution = execution;
    this.beacon = beacon;
    this.view = view;
    this.confirmMs = confirmMs;
    this.nowMs = nowMs;
    this.told = told;
  }

  /** Looks once; while a client gives no answer the verdict stays. */
  public void step() {
    List<BlockRef> chain = view.get();
    if (chain.isEmpty()) {
      return;
    }
    try {
      BeaconHeader head = beacon.header(BlockId.HEAD);
      ExecutionLink carried = head == null ? null : linkOf(head);
      if (head == null || carried == null || carried.block().equals(Hash32.ZERO)) {
        return; // no chain yet, or one without execution blocks
      }
      String fault = fault(carried, chain);
      judge(
          fault == null
              ? null
              : "the beacon head of slot " + head.slot() + " and L1 differ: " + fault);
      if (disagreeing || isAnyoneDistrusted()) {
        askEach(carried, chain);
      }
    } catch (L1Exception e) {
      // that a client is away is told by those who need its answers
    }
  }

  private @Nullable ExecutionLink linkOf(BeaconHeader head) throws L1Exception {
    ExecutionLink known = link;
    if (known != null && head.root().equals(linkedRoot)) {
      return known;
    }
    ExecutionLink found = beacon.execution(BlockId.of(head.root()));
    if (found != null) {
      linkedRoot = head.root();
      link = found;
    }
    return found;
  }

  private void judge(@Nullable String fault) {
    if (fault == null) {
      faultSinceMs = -1;
      if (disagreeing) {
        disagreeing = false;
        told.accept(null);
      }
      return;
    }
    long now = nowMs.getAsLong();
    if (faultSinceMs < 0) {
      faultSinceMs = now;
    } else if (!disagreeing && now - faultSinceMs >= confirmMs) {
      disagreeing = true;
      told.accept(fault);
    }
  }

  /** Why the chain is not that of the beacon block, or null. */
  private @Nullable String fault(ExecutionLink carried, List<BlockRef> chain) throws L1Exception {
    BlockRef top = chain.getLast();
    BlockRef shared = find(carried, chain);
    if (shared != null) {
      long ahead = top.number() - shared.number();
      return ahead <= TOLERATED_BLOCKS
          ? null
          : "the execution client is %d blocks ahead, limit %d".formatted(ahead, TOLERATED_BLOCKS);
    }
    L1Block block = execution.blockByHash(carried.block());
    if (block == null && !carried.revealed()) {
      block = execution.blockByHash(carried.parent());
    }
    if (block != null && block.number() > top.number() + TOLERATED_BLOCKS) {
      return null; // the chain is still being told
    }
    while (block != null && block.number() > top.number() + 1) {
      block = execution.blockByHash(block.parentHash());
    }
    if (block == null) {
      return "no execution client has block " + carried.block();
    }
    return block.parentHash().equals(top.hash())
        ? null
        : "execution block %s is not on the chain of block %d, %s"
            .formatted(carried.block(), top.number(), top.hash());
  }

  private static @Nullable BlockRef find(ExecutionLink carried, List<BlockRef> chain) {
    for (BlockRef block : chain.reversed()) {
      if (block.hash().equals(carried.block())
          || (!carried.revealed() && block.hash().equals(carried.parent()))) {
        return block;
      }
    }
    return null;
  }

  private boolean isAnyoneDistrusted() {
    return beacon.pool().hasDistrusted() || execution.pool().hasDistrusted();
  }

  /**
   * Ranks last whoever stands alone: a beacon node whose head the told chain does not have, while
   * another's is there; an execution client that does not have the beacon head's block, while
   * another has it.
   */
  private void askEach(ExecutionLink carried, List<BlockRef> chain) {
    beacon
        .pool()
        .trustThose(endpoint -> {
          ExecutionLink own = beacon.headLink(endpoint);
          return own == null ? null : find(own, chain) != null;
        });
    execution.pool().trustThose(endpoint -> execution.isCanonical(endpoint, carried.block()));
  }
}
