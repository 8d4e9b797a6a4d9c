// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.derive;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lockstep.bench.batch.Traffic;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.batch.BatchCodec;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.EncodedBatch;
import io.lockstep.sequencer.batch.Segment;
import io.lockstep.sequencer.batch.SegmentRange;
import io.lockstep.sequencer.batch.TableEntry;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.TickPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * An L1 in memory of a block a slot, with batches, built by an operator that is alone. One thread.
 */
final class PostedBatches {
  private static final int OPERATOR = 1;
  private static final long FIRST_SLOT = 10;

  private final List<L1Block> l1 = new ArrayList<>();
  private final List<Posted> posted = new ArrayList<>();

  /**
   * A batch as L1 has it.
   *
   * @param at the block that holds it
   */
  record Posted(L1Block at, PostedBatch batch, List<byte[]> blobs, int transactions) {}

  /** Builds {@code count} batches of a slot each on a cluster of its own. */
  PostedBatches(BenchCluster builder, Traffic traffic, int count, int perTick) {
    while (l1.size() < FIRST_SLOT + 3) {
      mine();
    }
    Hash32 last = builder.genesisBatchHash;
    for (int i = 0; i < count; i++) {
      // The anchor may be used two slots later, and the batch lands in the slot after its ticks.
      L1Block anchor = block(FIRST_SLOT + i);
      long firstTick = (FIRST_SLOT + i + 2) * BenchCluster.CLOCK.slotSeconds();
      List<TableEntry> table = new ArrayList<>();
      List<BlockData> blocks = new ArrayList<>();
      int transactions = 0;
      for (long tick = firstTick; tick < firstTick + BenchCluster.CLOCK.slotSeconds(); tick++) {
        List<Transaction> body = new ArrayList<>(traffic.transfers(perTick / 2));
        body.addAll(traffic.tokenTransfers(perTick - perTick / 2));
        build(builder, tick, anchor, body, table, blocks);
        transactions += body.size();
      }
      last = post(mine(), last, table, blocks, transactions);
    }
  }

  List<Posted> posted() {
    return posted;
  }

  L1Block block(long number) {
    return l1.get((int) number);
  }

  private L1Block mine() {
    long number = l1.size();
    Hash32 parent = number == 0 ? Hash32.ZERO : l1.getLast().hash();
    L1Block block =
        new L1Block(
            new BlockRef(
                number,
                Keccak.hash(("block" + number).getBytes(US_ASCII)),
                parent,
                BenchCluster.CLOCK.startSeconds(new Slot(number))),
            Keccak.hash(("state" + number).getBytes(US_ASCII)),
            Keccak.hash(("randao" + number).getBytes(US_ASCII)),
            Keccak.hash(("beacon" + number).getBytes(US_ASCII)),
            UInt256.of(7),
            30_000_000,
            0,
            0,
            0);
    l1.add(block);
    return block;
  }

  private static void build(
      BenchCluster builder,
      long tick,
      L1Block anchor,
      List<Transaction> body,
      List<TableEntry> table,
      List<BlockData> blocks) {
    TickPlan plan = new TickPlan(tick, BenchCluster.RULES.timestampOf(tick), anchor, OPERATOR);
    OpenTick open = OpenTick.open(plan, builder.cluster.rollups());
    if (open == null) {
      throw new IllegalStateException("the system transaction does not succeed");
    }
    OpenTick.RollupBlock block = open.blocks().getFirst();
    for (Transaction tx : body) {
      if (!(block.execute(tx) instanceof TxOutcome.Included included)
          || !included.receipt().success()) {
        throw new IllegalStateException("a transaction of the traffic fails");
      }
    }
    OpenTick.FinishedBlock done = block.finish();
    done.append();
    table.add(new TableEntry(tick, Traffic.CHAIN_ID, done.header().number(), done.hash()));
    blocks.add(new BlockData(tick, anchor.number(), anchor.hash(), done.header().gasLimit(), body));
  }

  private Hash32 post(
      L1Block at, Hash32 last, List<TableEntry> table, List<BlockData> blocks, int transactions) {
    BatchContents contents =
        new BatchContents(table, List.of(), List.of(new Segment(Traffic.CHAIN_ID, blocks)));
    EncodedBatch encoded = BatchCodec.encode(contents);
    SegmentRange range = encoded.segments().getFirst();
    BlockData end = blocks.getLast();
    Batch call =
        new Batch(
            List.of(last),
            new Slot(at.number()),
            List.of(),
            contents.firstTick(),
            contents.lastTick(),
            end.anchorNumber(),
            end.anchorHash(),
            0,
            encoded.headersRoot(),
            List.of(
                new RollupPart(
                    range.rollupId(),
                    table.getLast().blockHash(),
                    range.offsetBytes(),
                    range.lengthBytes())),
            encoded.blobs().size());
    List<Hash32> blobHashes = encoded.blobs().stream().map(Keccak::hash).toList();
    BatchProposed event =
        new BatchProposed(
            posted.size() + 1L,
            OPERATOR,
            call.windowSlot(),
            ClusterInboxAbi.batchHash(last, call, blobHashes, OPERATOR, List.of()),
            ClusterInboxAbi.declaredHead(call),
            blobHashes,
            List.of());
    PostedBatch batch =
        new PostedBatch(
            event,
            at.number(),
            at.hash(),
            event.batchHash(),
            0,
            Address.ZERO,
            ClusterInboxAbi.encodePropose(call));
    posted.add(new Posted(at, batch, encoded.blobs(), transactions));
    return event.batchHash();
  }
}
