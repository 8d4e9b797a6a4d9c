// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.PreparedRoot;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.KeyValueStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tick being built, followed or derived: one open block in every rollup. Owner: the sequencing
 * thread.
 */
public final class OpenTick {
  private final TickPlan plan;
  private final List<RollupBlock> blocks = new ArrayList<>();

  private OpenTick(TickPlan plan) {
    this.plan = plan;
  }

  /** Opens {@code plan} on the heads of {@code rollups}, each with its own head's gas limit. */
  public static @Nullable OpenTick open(TickPlan plan, List<Rollup> rollups) {
    return open(plan, rollups, rollups.stream().map(Rollup::nextGasLimit).toList());
  }

  /**
   * Opens {@code plan} with the gas limits that a builder chose.
   *
   * @param gasLimits one for each rollup, in their order
   * @return null when a system transaction does not succeed: then there can be no such tick
   */
  public static @Nullable OpenTick open(TickPlan plan, List<Rollup> rollups, List<Long> gasLimits) {
    OpenTick tick = new OpenTick(plan);
    for (int i = 0; i < rollups.size(); i++) {
      Rollup rollup = rollups.get(i);
      Rollup.Begun begun = rollup.open(plan, gasLimits.get(i));
      if (begun == null) {
        return null;
      }
      tick.blocks.add(new RollupBlock(rollup, begun));
    }
    return tick;
  }

  public TickPlan plan() {
    return plan;
  }

  public List<RollupBlock> blocks() {
    return blocks;
  }

  /**
   * The block of a rollup.
   *
   * @throws IllegalArgumentException when the cluster has no such rollup
   */
  public RollupBlock block(long rollupId) {
    for (RollupBlock block : blocks) {
      if (block.rollup.id() == rollupId) {
        return block;
      }
    }
    throw new IllegalArgumentException("no rollup " + rollupId + " in this cluster");
  }

  /** Whether any rollup has a transaction beside the inserted ones. */
  public boolean hasTransactions() {
    return blocks.stream().anyMatch(block -> block.bodySize() > 0);
  }

  /** One rollup's open block. */
  public static final class RollupBlock {
    private final Rollup rollup;
    private final Hash32 parentHash;
    private final BlockEnv env;
    private final OpenBlock block;
    private final int inserted;

    private RollupBlock(Rollup rollup, Rollup.Begun begun) {
      this.rollup = rollup;
      this.parentHash = begun.env().parentHash();
      this.env = begun.env();
      this.block = begun.block();
      this.inserted = 1 + begun.forced();
    }

    public Rollup rollup() {
      return rollup;
    }

    public Hash32 parentHash() {
      return parentHash;
    }

    public BlockEnv env() {
      return env;
    }

    /** Says what will be offered next, so that the state can be read ahead. */
    public void expect(List<Transaction> next) {
      block.expect(next);
    }

    /** Offers a transaction for the body. */
    public TxOutcome execute(Transaction tx) {
      String refusal = SystemTransaction.refusal(tx);
      if (refusal != null) {
        return new TxOutcome.Refused(TxOutcome.Reason.MALFORMED, refusal);
      }
      return block.execute(tx);
    }

    public long gasLeft() {
      return block.gasLeft();
    }

    /** All so far, the inserted ones first; a copy. */
    public List<Transaction> transactions() {
      return block.transactions();
    }

    /** How many there are so far. */
    public int size() {
      return block.size();
    }

    /** How many the builder chose. */
    public int bodySize() {
      return block.size() - inserted;
    }

    /** Those that the builder chose, a copy: without the system transaction and forced ones. */
    public List<Transaction> body() {
      List<Transaction> all = block.transactions();
      return all.subList(inserted, all.size());
    }

    public List<Receipt> receipts() {
      return block.receipts();
    }

    public StateDiff diff() {
      return block.diff();
    }

    /** The state after everything in the block; valid until the next transaction. */
    public StateReader state() {
      return block.state();
    }

    /** Ends the block; nothing is written and nothing can be added any more. */
    public FinishedBlock finish() {
      ExecutedBlock executed = asNamed(block.finish(List.of()));
      PreparedRoot root = rollup.chain().prepare(executed.diff());
      BlockHeader header = BlockRules.seal(executed, root.stateRoot());
      return new FinishedBlock(rollup, header, header.hash(), body(), executed, root);
    }

    /** With the extra data as it is known since the inserted transactions were executed. */
    private ExecutedBlock asNamed(ExecutedBlock executed) {
      return new ExecutedBlock(
          env,
          executed.transactions(),
          executed.receipts(),
          executed.gasUsed(),
          executed.blobGasUsed(),
          executed.requestsHash(),
          executed.diff(),
          executed.withdrawals(),
          executed.requests());
    }
  }

  /**
   * A block with all its roots, ready to become the head it was built on.
   *
   * @param body as it is posted and gossiped: without the inserted transactions
   */
  public record FinishedBlock(
      Rollup rollup,
      BlockHeader header,
      Hash32 hash,
      List<Transaction> body,
      ExecutedBlock executed,
      PreparedRoot root) {
    public FinishedBlock {
      body = List.copyOf(body);
    }

    /** Writes it; it is the rollup's head afterwards. */
    public void append() {
      ChainDb chain = rollup.chain();
      chain.append(header, executed, root, KeyValueStore.Durability.PROCESS);
    }
  }
}
