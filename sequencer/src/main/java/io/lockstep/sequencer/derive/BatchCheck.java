// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.Carried;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.TableEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The second stage of derivation: what can be said of a batch without executing it (protocol §1.7,
 * right column). Whose windows these are, the inbox has checked, and its event says who must have
 * sealed what is carried. Each method answers with the first fault, or null. Pure.
 */
final class BatchCheck {
  private final DerivationRules rules;
  private final SealCheck seals;
  private final List<Long> rollupIds;

  BatchCheck(DerivationRules rules, SealCheck seals, List<Long> rollupIds) {
    this.rules = rules;
    this.seals = seals;
    this.rollupIds = List.copyOf(rollupIds);
  }

  /**
   * What is wrong with a batch.
   *
   * @param at the L1 block that holds it
   * @param batchHashBefore what the inbox chained it onto
   */
  @Nullable String fault(L1Block at, FetchedBatch.Decoded batch, Hash32 batchHashBefore) {
    String fault = callFault(batch.call(), batch.event(), batchHashBefore);
    if (fault == null) fault = shapeFault(batch.call(), batch.blobs());
    if (fault == null) fault = rangeFault(at, batch.call(), batch.blobs());
    if (fault == null) fault = anchorFault(batch);
    return fault == null ? seals.fault(batch) : fault;
  }

  /**
   * What is wrong with the call data by itself. A call through another contract may show other call
   * data than the inbox was given.
   */
  static @Nullable String callFault(Batch call, BatchProposed event, Hash32 batchHashBefore) {
    Hash32 hash =
        ClusterInboxAbi.batchHash(
            batchHashBefore, call, event.blobHashes(), event.operatorId(), event.committers());
    if (!hash.equals(event.batchHash())) {
      return "the call data is not what the inbox took";
    }
    return call.msgTo() == 0
        ? null
        : "messages up to " + call.msgTo() + " are claimed, which no tick can import";
  }

  private @Nullable String shapeFault(Batch call, BatchContents blobs) {
    if (!call.headersRoot().equals(blobs.headersRoot())) {
      return "the header table does not lead to headersRoot";
    }
    if (blobs.segments().size() != rollupIds.size() || call.rollups().size() != rollupIds.size()) {
      return "segments of "
          + blobs.segments().size()
          + " rollups, the cluster has "
          + rollupIds.size();
    }
    if (blobs.table().isEmpty()) {
      return "no block at all";
    }
    for (int i = 0; i < rollupIds.size(); i++) {
      RollupPart part = call.rollups().get(i);
      if (blobs.segments().get(i).rollupId() != rollupIds.get(i)
          || part.rollupId() != rollupIds.get(i)) {
        return "segment " + i + " is not of rollup " + rollupIds.get(i);
      }
      TableEntry last = blobs.table().get(blobs.table().size() - rollupIds.size() + i);
      if (!last.blockHash().equals(part.lastBlockHash())) {
        return "the last block of rollup " + part.rollupId() + " is not the declared one";
      }
    }
    return null;
  }

  private @Nullable String rangeFault(L1Block at, Batch call, BatchContents blobs) {
    for (TableEntry entry : blobs.table()) {
      long tick = entry.tick();
      boolean own = tick >= call.firstTick() && tick <= call.lastTick();
      if (!own && carriedRange(call, tick) == null) {
        return "tick " + tick + " is in no declared range";
      }
      if (tick > rules.lastTickAt(at.timestampSeconds())) {
        return "tick " + tick + " is later than the L1 block that holds it";
      }
    }
    return null;
  }

  /** The carried range that has this tick, or null. */
  static @Nullable Carried carriedRange(Batch call, long tick) {
    for (Carried carried : call.carried()) {
      if (tick >= carried.firstTick() && tick <= carried.lastTick()) {
        return carried;
      }
    }
    return null;
  }

  private @Nullable String anchorFault(FetchedBatch.Decoded batch) {
    List<BlockData> blocks = batch.blobs().segments().getFirst().blocks();
    long before = 0;
    for (BlockData block : blocks) {
      L1Block anchor = batch.l1().get(block.anchorNumber());
      if (anchor == null || !anchor.hash().equals(block.anchorHash())) {
        return "anchor " + block.anchorNumber() + " of tick " + block.tick() + " is not canonical";
      }
      if (block.anchorNumber() < before) {
        return "anchor " + block.anchorNumber() + " goes back, " + before + " was used before";
      }
      if (!rules.isOldEnough(anchor, block.tick())) {
        return "anchor " + block.anchorNumber() + " is too young for tick " + block.tick();
      }
      L1Block expiry = batch.l1().get(rules.expiryOf(block.anchorNumber()));
      if (expiry != null && rules.isExpired(expiry, block.tick())) {
        return "anchor " + block.anchorNumber() + " is too old for tick " + block.tick();
      }
      before = block.anchorNumber();
    }
    BlockData last = blocks.getLast();
    if (batch.call().anchorNumber() != last.anchorNumber()
        || !batch.call().anchorHash().equals(last.anchorHash())) {
      return "the last tick does not have the declared anchor";
    }
    for (var segment : batch.blobs().segments()) {
      for (int i = 0; i < blocks.size(); i++) {
        BlockData other = segment.blocks().get(i);
        if (other.anchorNumber() != blocks.get(i).anchorNumber()
            || !other.anchorHash().equals(blocks.get(i).anchorHash())) {
          return "two anchors in tick " + other.tick();
        }
      }
    }
    return null;
  }
}
