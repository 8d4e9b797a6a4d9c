// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.execution.block.TxOutcome;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.TableEntry;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.tick.BlockBody;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.SystemTransaction;
import io.lockstep.sequencer.tick.TickPlan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last stage of derivation: puts a planned tick on the chains, or finds it there already.
 * Owner: the sequencing thread.
 */
final class TickExecution {
  private final Cluster cluster;

  TickExecution(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Whether the chains have the declared blocks of this tick, however they were made. */
  boolean isPresent(PlannedTick tick) {
    for (int i = 0; i < tick.declared().size(); i++) {
      TableEntry entry = tick.declared().get(i);
      Rollup rollup = cluster.rollups().get(i);
      if (!entry.blockHash().equals(rollup.chain().canonicalHash(entry.number()))) {
        return false;
      }
    }
    return true;
  }

  /** Why a tick cannot stand on the blocks of {@code height}, or null. */
  @Nullable String misplaced(TickPlan plan, long height, long anchorBefore) {
    BlockHeader parent = cluster.first().chain().canonicalHeader(height);
    if (parent == null) {
      throw new IllegalStateException("the derived block " + height + " is missing");
    }
    if (plan.timestampSeconds() <= parent.timestampSeconds()) {
      return "not later than the block before it";
    }
    return plan.anchor().number() < anchorBefore
        ? "anchor %d goes back, %d was used before".formatted(plan.anchor().number(), anchorBefore)
        : null;
  }

  /** Whether the local chains have these very blocks, made from these very inputs. */
  boolean isKnown(PlannedTick tick) {
    if (!isPresent(tick)) {
      return false;
    }
    for (int i = 0; i < tick.declared().size(); i++) {
      Hash32 hash = tick.declared().get(i).blockHash();
      Block block = cluster.rollups().get(i).chain().block(hash);
      if (block == null || !isMadeFrom(tick.plan(), block, tick.data().get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * A block of ours was made by the rules, so the same tick, operator, anchor, gas limit and body
   * on the same parent give it again, inserted transactions included.
   */
  private static boolean isMadeFrom(TickPlan plan, Block block, BlockData data) {
    BlockHeader header = block.header();
    HeaderExtra extra = HeaderExtra.of(header);
    Hash32 anchor = SystemTransaction.anchorOf(block.transactions().getFirst()).hash();
    return extra.tick() == plan.tick()
        && extra.operatorId() == plan.operatorId()
        && header.timestampSeconds() == plan.timestampSeconds()
        && header.gasLimit() == data.gasLimit()
        && anchor.equals(plan.anchor().hash())
        && BlockBody.of(block).equals(data.transactions());
  }

  /** Executes a tick on the heads and makes it the head; what is wrong with it, or null. */
  @Nullable String execute(PlannedTick planned) {
    List<Long> gasLimits = new ArrayList<>();
    for (int i = 0; i < planned.data().size(); i++) {
      long gasLimit = planned.data().get(i).gasLimit();
      String fault = cluster.rollups().get(i).gasLimitFault(gasLimit);
      if (fault != null) {
        return fault;
      }
      gasLimits.add(gasLimit);
    }
    OpenTick tick = OpenTick.open(planned.plan(), cluster.rollups(), gasLimits);
    if (tick == null) {
      return "the system transaction does not succeed";
    }
    List<OpenTick.FinishedBlock> finished = new ArrayList<>();
    for (int i = 0; i < planned.data().size(); i++) {
      OpenTick.RollupBlock block = tick.blocks().get(i);
      List<Transaction> body = planned.data().get(i).transactions();
      block.expect(body);
      for (Transaction tx : body) {
        if (block.execute(tx) instanceof TxOutcome.Refused refused) {
          return "transaction " + tx.hash() + ": " + refused.message();
        }
      }
      OpenTick.FinishedBlock done = block.finish();
      Hash32 declared = planned.declared().get(i).blockHash();
      if (!done.hash().equals(declared)) {
        return "executes to block " + done.hash() + ", declared " + declared;
      }
      finished.add(done);
    }
    finished.forEach(OpenTick.FinishedBlock::append);
    return null;
  }

  /** The same for the blocks of an open window, which have no body and nothing declared. */
  @Nullable String executeOpen(TickPlan plan) {
    OpenTick tick = OpenTick.open(plan, cluster.rollups());
    if (tick == null) {
      return "the system transaction does not succeed";
    }
    List<OpenTick.FinishedBlock> finished =
        tick.blocks().stream().map(OpenTick.RollupBlock::finish).toList();
    finished.forEach(OpenTick.FinishedBlock::append);
    return null;
  }
}
