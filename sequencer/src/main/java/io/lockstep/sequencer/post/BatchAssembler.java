// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.post;

import io.lockstep.l1client.contract.Carried;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.CarriedSeal;
import io.lockstep.sequencer.batch.Segment;
import io.lockstep.sequencer.batch.SizeMeter;
import io.lockstep.sequencer.batch.TableEntry;
import io.lockstep.sequencer.derive.CarriedSealCodec;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.tick.BlockBody;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.SystemTransaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers everything sealed above the safe head into one batch: first the ticks of earlier windows
 * that are not on L1 yet, each window's run with its seal, then the own ones (protocol §1.4).
 * Owner: the sequencing thread.
 */
final class BatchAssembler {
  private static final int MAX_EXPECTED = 8;

  private final Cluster cluster;
  private final CommitmentLedger ledger;

  /**
   * Blocks of the last assembly by their hashes: until they are safe, the next one wants them too,
   * and reading thousands of transactions keeps the sequencing thread from everybody who waits.
   */
  private final Map<Hash32, BlockData> read = new HashMap<>();

  /**
   * What to post.
   *
   * @param expected inbox heads it may stand on besides the one that is known now
   * @param firstTick own ticks; greater than {@code lastTick} when there are only carried ones
   * @param signedBytes bound of what it takes with its transactions as they were signed
   */
  record Draft(
      long windowSlot,
      List<Hash32> expected,
      List<Carried> carried,
      long firstTick,
      long lastTick,
      long lastHeight,
      long signedBytes,
      BatchContents contents) {}

  BatchAssembler(Cluster cluster, CommitmentLedger ledger) {
    this.cluster = cluster;
    this.ledger = ledger;
  }

  /**
   * The batch that {@code operatorId} posts for {@code windowSlot}, or null when nothing is
   * unposted.
   *
   * @param lastTick own ticks up to this one
   * @param mostSignedBytes how much is gathered, by what its transactions take as they were signed
   */
  @Nullable Draft assemble(int operatorId, long windowSlot, long lastTick, long mostSignedBytes) {
    Run run = new Run(operatorId, windowSlot, mostSignedBytes);
    Map<Hash32, BlockData> before = Map.copyOf(read);
    read.clear();
    for (long height = cluster.safeHeight() + 1; height <= cluster.height(); height++) {
      long tick = tickAt(height);
      SealMessage seal = ledger.sealHead(tick);
      if (tick > lastTick
          || seal == null
          || !isOf(seal, height)
          || !run.take(height, tick, seal, before)) {
        break;
      }
    }
    return run.finish();
  }

  private long tickAt(long height) {
    var header = cluster.first().chain().canonicalHeader(height);
    if (header == null) {
      throw new IllegalStateException("the block at height " + height + " is missing");
    }
    return HeaderExtra.of(header).tick();
  }

  /** A seal is of use only for the block that is on our chain. */
  private boolean isOf(SealMessage seal, long height) {
    Hash32 hash = cluster.first().chain().canonicalHash(height);
    return seal.blocks().getFirst().leaf().blockHash().equals(hash);
  }

  /** What is gathered so far. */
  private final class Run {
    private final int operatorId;
    private final long windowSlot;
    private final List<TableEntry> table = new ArrayList<>();
    private final List<List<BlockData>> blocks = new ArrayList<>();
    private final List<Carried> carried = new ArrayList<>();
    private final List<CarriedSeal> seals = new ArrayList<>();
    private final List<Hash32> expected = new ArrayList<>();
    private final SizeMeter size;
    private @Nullable SealMessage openRunEnd;
    private long openRunFirstTick;
    private long openRunHeight;
    private long ownFirst = -1;
    private long ownLast = -1;
    private long lastHeight = -1;

    Run(int operatorId, long windowSlot, long mostSignedBytes) {
      this.operatorId = operatorId;
      this.windowSlot = windowSlot;
      this.size = new SizeMeter(cluster.rollups().size(), mostSignedBytes);
      cluster.rollups().forEach(_ -> blocks.add(new ArrayList<>()));
    }

    boolean take(long height, long tick, SealMessage seal, Map<Hash32, BlockData> before) {
      long sealWindow = seal.seal().object().windowSlot();
      boolean own = seal.operatorId() == operatorId && sealWindow == windowSlot;
      if (!own && (sealWindow >= windowSlot || ownFirst != -1)) {
        return false;
      }
      if (openRunEnd != null && sealWindow < openRunEnd.seal().object().windowSlot()) {
        return false; // the schedule has changed under these ticks, and L1 will undo their anchors
      }
      List<BlockData> tickBlocks = new ArrayList<>();
      for (Rollup rollup : cluster.rollups()) {
        tickBlocks.add(data(rollup, height, tick, before));
      }
      boolean opensRun =
          !own && (openRunEnd == null || openRunEnd.seal().object().windowSlot() != sealWindow);
      if ((opensRun && !size.hasRoomForSeal()) || !fits(tickBlocks)) {
        return false;
      }
      if (opensRun) {
        size.reserveSeal();
      }
      for (int i = 0; i < tickBlocks.size(); i++) {
        Rollup rollup = cluster.rollups().get(i);
        Hash32 hash = rollup.chain().canonicalHash(height);
        if (hash == null) {
          throw new IllegalStateException("rollup " + rollup.id() + " has no block " + height);
        }
        table.add(new TableEntry(tick, rollup.id(), height, hash));
        blocks.get(i).add(tickBlocks.get(i));
      }
      SealMessage end = openRunEnd;
      if (end != null && (own || end.seal().object().windowSlot() != sealWindow)) {
        closeRun(end);
      }
      if (own) {
        ownFirst = ownFirst == -1 ? tick : ownFirst;
        ownLast = tick;
      } else {
        openRunFirstTick = openRunEnd == null ? tick : openRunFirstTick;
        openRunEnd = seal;
        openRunHeight = height;
      }
      lastHeight = height;
      return true;
    }

    /** Counts a tick in; when it does not fit, nothing may be added any more. */
    private boolean fits(List<BlockData> tickBlocks) {
      if (!size.hasRoomForTick()) {
        return false;
      }
      size.addTick();
      for (BlockData block : tickBlocks) {
        for (Transaction tx : block.transactions()) {
          if (!size.hasRoomFor(tx)) {
            return false;
          }
          size.add(tx);
        }
      }
      return true;
    }

    private void closeRun(SealMessage end) {
      long window = end.seal().object().windowSlot();
      carried.add(new Carried(new Slot(window), end.operatorId(), openRunFirstTick, end.tick()));
      seals.add(new CarriedSeal(window, end.operatorId(), CarriedSealCodec.encode(end)));
      if (expected.size() < MAX_EXPECTED) {
        // Should the predecessor's own posting land first, the inbox stands here.
        expected.add(declaredHead(openRunHeight));
      }
      openRunEnd = null;
    }

    private Hash32 declaredHead(long height) {
      List<Hash32> hashes = new ArrayList<>();
      for (Rollup rollup : cluster.rollups()) {
        Hash32 hash = rollup.chain().canonicalHash(height);
        hashes.add(hash == null ? Hash32.ZERO : hash);
      }
      return ClusterInboxAbi.headOf(hashes);
    }

    @Nullable Draft finish() {
      if (lastHeight == -1) {
        return null;
      }
      if (openRunEnd != null) {
        closeRun(openRunEnd);
        // Nothing would be left to post if the last of these postings landed first.
        expected.remove(declaredHead(lastHeight));
      }
      List<Segment> segments = new ArrayList<>();
      for (int i = 0; i < blocks.size(); i++) {
        segments.add(new Segment(cluster.rollups().get(i).id(), blocks.get(i)));
      }
      boolean own = ownFirst != -1;
      return new Draft(
          windowSlot,
          expected,
          carried,
          own ? ownFirst : 1,
          own ? ownLast : 0,
          lastHeight,
          size.boundBytes(),
          new BatchContents(table, seals, segments));
    }
  }

  private BlockData data(Rollup rollup, long height, long tick, Map<Hash32, BlockData> before) {
    Hash32 hash = rollup.chain().canonicalHash(height);
    if (hash == null) {
      throw new IllegalStateException("rollup " + rollup.id() + " has no block " + height);
    }
    BlockData known = before.get(hash);
    BlockData data = known == null ? read(rollup, hash, tick) : known;
    read.put(hash, data);
    return data;
  }

  private static BlockData read(Rollup rollup, Hash32 hash, long tick) {
    Block block = rollup.chain().block(hash);
    if (block == null) {
      throw new IllegalStateException("rollup " + rollup.id() + " has no block " + hash);
    }
    SystemTransaction.AnchorRef anchor =
        SystemTransaction.anchorOf(block.transactions().getFirst());
    return new BlockData(
        tick, anchor.number(), anchor.hash(), block.header().gasLimit(), BlockBody.of(block));
  }
}
