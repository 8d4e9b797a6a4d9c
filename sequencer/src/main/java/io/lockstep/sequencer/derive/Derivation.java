// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.Segment;
import io.lockstep.sequencer.batch.TableEntry;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.TickPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Turns posted batches into safe blocks (protocol §3, skip rule): a batch is right as a whole or
 * derives to nothing. Blocks that this node has already executed and that the batch repeats in
 * every input are not executed again. Owner: the sequencing thread.
 */
public final class Derivation {
  private final Cluster cluster;
  private final DerivationLog log;
  private final DerivationRules rules;
  private final BatchCheck check;
  private final Hash32 genesisBatchHash;

  /** EIP-1559 and all clients: the least gas limit of a block. */
  private static final long MIN_GAS_LIMIT = 5_000;

  /** What a batch came to. */
  public sealed interface Outcome {
    /**
     * The safe heads are at {@code height} now.
     *
     * @param replacedFrom lowest height at which an unsafe block of ours had to give way, or -1
     */
    record Derived(long height, long replacedFrom) implements Outcome {}

    /**
     * It derived to nothing.
     *
     * @param replacedFrom lowest height at which unsafe blocks were dropped on the way, or -1
     */
    record Skipped(String why, long replacedFrom) implements Outcome {}
  }

  /**
   * @param committerOf committer address of a registered operator, null for an unknown id
   */
  public Derivation(
      Cluster cluster,
      DerivationLog log,
      DerivationRules rules,
      CommitmentDomain domain,
      Hash32 clusterId,
      Hash32 genesisBatchHash,
      IntFunction<@Nullable Address> committerOf) {
    this.cluster = cluster;
    this.genesisBatchHash = genesisBatchHash;
    this.log = log;
    this.rules = rules;
    this.check = new BatchCheck(domain, clusterId, rules, committerOf);
    // A crash between the log's record and the mark leaves the mark ahead: the log says what is
    // derived, and only what it has can be taken back in a reorg.
    if (cluster.safeHeight() > derivedHeight()) {
      cluster.markSafe(derivedHeight());
    }
  }

  private long derivedHeight() {
    DerivationLog.Entry last = log.last();
    return last == null ? 0 : last.heightAfter();
  }

  /** Applies the next batch of the inbox. */
  public Outcome apply(L1Block at, FetchedBatch batch) {
    DerivationLog.Entry before = log.last();
    long anchorBefore = before == null ? 0 : before.anchorAfter();
    Outcome outcome =
        switch (batch.content()) {
          case FetchedBatch.Content.Garbage garbage -> new Outcome.Skipped(garbage.why(), -1);
          case FetchedBatch.Content.Decoded readable ->
              isWhatTheInboxTook(before, batch, readable.call())
                  ? derive(at, batch, readable, anchorBefore)
                  : new Outcome.Skipped("the call data is not what the inbox took", -1);
        };
    long anchorAfter = anchorBefore;
    String skipped = "";
    switch (outcome) {
      case Outcome.Derived _ -> {
        if (batch.content() instanceof FetchedBatch.Content.Decoded readable) {
          List<BlockData> blocks = readable.blobs().segments().getFirst().blocks();
          anchorAfter = Math.max(anchorBefore, blocks.getLast().anchorNumber());
        }
      }
      case Outcome.Skipped why -> skipped = why.why();
    }
    log.append(
        new DerivationLog.Entry(
            batch.event().batchIndex(),
            at.number(),
            at.hash(),
            batch.event().batchHash(),
            batch.event().declaredHead(),
            cluster.safeHeight(),
            anchorAfter,
            skipped));
    return outcome;
  }

  /** A call through another contract may show other call data than the inbox was given. */
  private boolean isWhatTheInboxTook(
      DerivationLog.@Nullable Entry before, FetchedBatch batch, Batch call) {
    Hash32 parent = before == null ? genesisBatchHash : before.batchHash();
    Hash32 hash =
        ClusterInboxAbi.batchHash(
            parent, call, batch.event().blobHashes(), batch.event().operatorId());
    return hash.equals(batch.event().batchHash());
  }

  /** Takes back everything that batches above {@code l1Number} gave; unsafe blocks stay. */
  public void rewindTo(long l1Number) {
    var _ = log.rewindTo(l1Number);
    cluster.markSafe(derivedHeight());
  }

  /** Moves the finalized heads to what L1 blocks up to {@code l1Number} gave. */
  public void finalizeUpTo(long l1Number) {
    DerivationLog.Entry newest = log.newestUpTo(l1Number);
    if (newest != null) {
      cluster.markFinalized(newest.heightAfter());
    }
  }

  private Outcome derive(
      L1Block at, FetchedBatch batch, FetchedBatch.Content.Decoded content, long anchorBefore) {
    List<Long> rollupIds = cluster.rollups().stream().map(Rollup::id).toList();
    String fault = check.fault(at, content, rollupIds);
    if (fault != null) {
      return new Outcome.Skipped(fault, -1);
    }
    BatchContents blobs = content.blobs();
    int ticks = blobs.segments().getFirst().blocks().size();
    long safe = cluster.safeHeight();
    long height = safe;
    long replacedFrom = -1;
    long executedFrom = -1;
    for (int i = 0; i < ticks; i++) {
      List<TableEntry> entries =
          blobs.table().subList(i * rollupIds.size(), (i + 1) * rollupIds.size());
      if (entries.getFirst().number() <= safe && isPresent(entries)) {
        continue;
      }
      List<BlockData> data = new ArrayList<>();
      for (Segment segment : blobs.segments()) {
        data.add(segment.blocks().get(i));
      }
      String wrong = misplaced(entries, data.getFirst(), height, anchorBefore);
      TickPlan plan = plan(content, batch.event().operatorId(), data.getFirst());
      if (wrong == null && !isKnown(plan, entries, data)) {
        if (cluster.height() > height) {
          replacedFrom = height + 1;
          cluster.rewindTo(height);
        }
        executedFrom = executedFrom == -1 ? height + 1 : executedFrom;
        wrong = execute(plan, entries, data);
      }
      if (wrong != null) {
        if (executedFrom != -1) {
          // What this batch put on the chain goes with it.
          cluster.rewindTo(executedFrom - 1);
        }
        return new Outcome.Skipped("tick " + data.getFirst().tick() + ": " + wrong, replacedFrom);
      }
      height++;
    }
    cluster.markSafe(height);
    return new Outcome.Derived(height, replacedFrom);
  }

  /** Whether a repeated tick is the one already derived, in every rollup. */
  private boolean isPresent(List<TableEntry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      Rollup rollup = cluster.rollups().get(i);
      TableEntry entry = entries.get(i);
      if (!entry.blockHash().equals(rollup.chain().canonicalHash(entry.number()))) {
        return false;
      }
    }
    return true;
  }

  private @Nullable String misplaced(
      List<TableEntry> entries, BlockData first, long height, long anchorBefore) {
    for (TableEntry entry : entries) {
      if (entry.number() != height + 1) {
        return "block " + entry.number() + " does not follow the derived block " + height;
      }
    }
    BlockHeader parent = cluster.first().chain().canonicalHeader(height);
    if (parent == null) {
      throw new IllegalStateException("the derived block " + height + " is missing");
    }
    if (rules.timestampOf(first.tick()) <= parent.timestampSeconds()) {
      return "not later than the block before it";
    }
    return first.anchorNumber() < anchorBefore
        ? "anchor " + first.anchorNumber() + " goes back, " + anchorBefore + " was used before"
        : null;
  }

  private TickPlan plan(FetchedBatch.Content.Decoded content, int poster, BlockData data) {
    Batch call = content.call();
    L1Block anchor = content.anchors().get(data.anchorNumber());
    if (anchor == null) {
      throw new IllegalStateException("an anchor that was checked is missing");
    }
    return new TickPlan(
        data.tick(),
        rules.timestampOf(data.tick()),
        anchor,
        BatchCheck.operatorOf(call, poster, data.tick()));
  }

  /** Whether the local chain has these very blocks, made from these very inputs. */
  private boolean isKnown(TickPlan plan, List<TableEntry> entries, List<BlockData> data) {
    for (int i = 0; i < entries.size(); i++) {
      Rollup rollup = cluster.rollups().get(i);
      Hash32 hash = entries.get(i).blockHash();
      if (!hash.equals(rollup.chain().canonicalHash(entries.get(i).number()))) {
        return false;
      }
      Block block = rollup.chain().block(hash);
      BlockHeader parent =
          block == null ? null : rollup.chain().headerByHash(block.header().parentHash());
      if (block == null
          || parent == null
          || !isMadeFrom(rollup, plan, parent, block, data.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isMadeFrom(
      Rollup rollup, TickPlan plan, BlockHeader parent, Block block, BlockData data) {
    BlockEnv env = rollup.env(plan, parent, block.header().parentHash(), data.gasLimit());
    BlockHeader header = block.header();
    List<Transaction> transactions = block.transactions();
    return header.timestampSeconds() == env.timestampSeconds()
        && header.gasLimit() == env.gasLimit()
        && header.prevRandao().equals(env.prevRandao())
        && header.extraData().equals(env.extraData())
        && plan.anchor().parentBeaconBlockRoot().equals(header.parentBeaconBlockRoot())
        && transactions.getFirst().equals(rollup.systemTransaction(plan, parent, env))
        && transactions.subList(1, transactions.size()).equals(data.transactions());
  }

  /** Executes a tick on the heads and makes it the head; answers what is wrong with it, or null. */
  private @Nullable String execute(TickPlan plan, List<TableEntry> entries, List<BlockData> data) {
    List<Long> gasLimits = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      long parentGasLimit = cluster.rollups().get(i).nextGasLimit();
      long gasLimit = data.get(i).gasLimit();
      if (Math.abs(gasLimit - parentGasLimit) >= Math.max(1, parentGasLimit / 1024)
          || gasLimit < MIN_GAS_LIMIT) {
        return "gas limit " + gasLimit + " after " + parentGasLimit;
      }
      gasLimits.add(gasLimit);
    }
    OpenTick tick = OpenTick.open(plan, cluster.rollups(), gasLimits);
    if (tick == null) {
      return "the system transaction does not succeed";
    }
    List<OpenTick.FinishedBlock> finished = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      OpenTick.RollupBlock block = tick.blocks().get(i);
      block.expect(data.get(i).transactions());
      for (Transaction tx : data.get(i).transactions()) {
        if (block.execute(tx) instanceof TxOutcome.Refused refused) {
          return "transaction " + tx.hash() + ": " + refused.message();
        }
      }
      OpenTick.FinishedBlock done = block.finish();
      if (!done.hash().equals(entries.get(i).blockHash())) {
        return "executes to block " + done.hash() + ", declared " + entries.get(i).blockHash();
      }
      finished.add(done);
    }
    finished.forEach(OpenTick.FinishedBlock::append);
    return null;
  }
}
