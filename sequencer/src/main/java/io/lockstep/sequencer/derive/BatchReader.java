// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.OpenBlockProposed;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.batch.BatchCodec;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.SegmentRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first stage of derivation: from what the inbox took to something decoded, for any bytes. Asks
 * L1 for nothing that the bytes do not name and for at most two blocks a tick. Any thread.
 */
public final class BatchReader {
  private final DerivationRules rules;
  private final L1Blocks l1;

  /** Canonical L1 blocks up to the one being read. */
  @FunctionalInterface
  public interface L1Blocks {
    L1Block byNumber(long number) throws L1Exception;
  }

  /** The blobs of what is being read, each checked against its hash. */
  @FunctionalInterface
  public interface BlobsOf {
    List<byte[]> get() throws L1Exception, InterruptedException;
  }

  public BatchReader(DerivationRules rules, L1Blocks l1) {
    this.rules = rules;
    this.l1 = l1;
  }

  /**
   * What batches that follow one another declare, told without their blobs: the calls of those that
   * can derive to something.
   *
   * @param batchHashBefore what the inbox chained the first one onto
   */
  static List<Batch> declared(List<PostedBatch> batches, Hash32 batchHashBefore) {
    List<Batch> out = new ArrayList<>();
    Hash32 before = batchHashBefore;
    for (PostedBatch posted : batches) {
      if (!(posted.event() instanceof BatchProposed event)) {
        break; // Its open block is declared nowhere, and what follows may stand on it.
      }
      Hash32 chainedOnto = before;
      before = event.batchHash();
      Batch call;
      try {
        call = ClusterInboxAbi.decodePropose(posted.callData());
      } catch (DecodeException e) {
        continue; // It derives to nothing.
      }
      if (BatchCheck.callFault(call, event, chainedOnto) == null) {
        out.add(call);
      }
    }
    return out;
  }

  /**
   * Decodes.
   *
   * @param at the L1 block that holds it
   * @param blobs asked only when the call data can be read
   */
  public FetchedBatch read(L1Block at, PostedBatch posted, BlobsOf blobs)
      throws L1Exception, InterruptedException {
    return switch (posted.event()) {
      case BatchProposed event -> batch(at, event, posted, blobs);
      case OpenBlockProposed event -> openBlock(at, event);
    };
  }

  private FetchedBatch batch(L1Block at, BatchProposed event, PostedBatch posted, BlobsOf blobs)
      throws L1Exception, InterruptedException {
    Batch call;
    try {
      call = ClusterInboxAbi.decodePropose(posted.callData());
    } catch (DecodeException e) {
      return new FetchedBatch.Garbage(event, "call data: " + e.getMessage());
    }
    List<byte[]> found = blobs.get();
    BatchContents contents;
    try {
      contents = BatchCodec.decode(found);
      if (!declared(call).equals(BatchCodec.segmentRanges(found))) {
        return new FetchedBatch.Garbage(event, "segments do not lie where the call data says");
      }
    } catch (DecodeException e) {
      return new FetchedBatch.Garbage(event, "blobs: " + e.getMessage());
    }
    return new FetchedBatch.Decoded(event, call, contents, blocksFor(at, contents));
  }

  private static List<SegmentRange> declared(Batch call) {
    return call.rollups().stream()
        .map(part -> new SegmentRange(part.rollupId(), part.offsetBytes(), part.lengthBytes()))
        .toList();
  }

  /** All segments must have the same anchors, so the first one's are enough to look up. */
  private Map<Long, L1Block> blocksFor(L1Block at, BatchContents contents) throws L1Exception {
    Map<Long, L1Block> out = new HashMap<>();
    for (BlockData data : contents.segments().getFirst().blocks()) {
      long anchor = data.anchorNumber();
      if (anchor >= at.number() || out.containsKey(anchor)) {
        continue;
      }
      out.put(anchor, l1.byNumber(anchor));
      long expiry = rules.expiryOf(anchor);
      if (expiry <= at.number() && !out.containsKey(expiry)) {
        out.put(expiry, expiry == at.number() ? at : l1.byNumber(expiry));
      }
    }
    return out;
  }

  private FetchedBatch openBlock(L1Block at, OpenBlockProposed event) throws L1Exception {
    L1Block anchor = newestUpTo(at, rules.latestAnchorSeconds(event.tick()));
    return anchor == null
        ? new FetchedBatch.Garbage(event, "no L1 block is old enough for an anchor")
        : new FetchedBatch.OpenBlock(event, anchor);
  }

  /** The newest block before {@code at} whose time is not later than this, or null. */
  private @Nullable L1Block newestUpTo(L1Block at, long seconds) throws L1Exception {
    // Not more than a block a slot lies between; a development L1 may be denser.
    long slots = (at.timestampSeconds() - seconds) / rules.clock().slotSeconds() + 1;
    long low = Math.max(0, at.number() - Math.max(1, slots));
    L1Block found = l1.byNumber(low);
    if (found.timestampSeconds() > seconds) {
      low = 0;
      found = l1.byNumber(0);
      if (found.timestampSeconds() > seconds) {
        return null;
      }
    }
    long high = at.number(); // not this one
    while (high - low > 1) {
      long middle = (low + high) >>> 1;
      L1Block block = l1.byNumber(middle);
      if (block.timestampSeconds() <= seconds) {
        low = middle;
        found = block;
      } else {
        high = middle;
      }
    }
    return found;
  }
}
