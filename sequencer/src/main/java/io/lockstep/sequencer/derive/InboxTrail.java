// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.execution.L1Transaction;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which batches of the inbox were read so far, so that one that an execution client leaves out of
 * its logs is noticed: batches are numbered without gaps, and each hash holds the one before. What
 * logs leave out is looked for in the transactions of the blocks; the inbox's own ring of hashes
 * says which of them it took. Owner: the feed's thread.
 */
final class InboxTrail {
  private static final int REMEMBERED_BLOCKS = 1_024;
  private static final int REMEMBERED_FINDS = 64;

  /** Where the inbox stood after an L1 block. */
  private record Standing(long batchIndex, Hash32 batchHash) {}

  private final ExecutionClient execution;
  private final InboxReader inbox;
  private final RegistryReader registry;
  private final L1Feed.Sources sources;
  private final TreeMap<Long, Standing> standings = new TreeMap<>();

  /** By L1 block, what its logs do not tell. */
  private final Map<Hash32, List<PostedBatch>> found =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash32, List<PostedBatch>> eldest) {
          return size() > REMEMBERED_FINDS;
        }
      };

  InboxTrail(
      ExecutionClient execution,
      InboxReader inbox,
      RegistryReader registry,
      L1Feed.Sources sources) {
    this.execution = execution;
    this.inbox = inbox;
    this.registry = registry;
    this.sources = sources;
  }

  /** Begins anew behind batches that were derived, which may be none. */
  void startAfter(List<DerivationLog.Entry> derived) {
    standings.clear();
    standings.put(sources.deploymentBlock() - 1, new Standing(0, sources.genesisBatchHash()));
    // Newest first: the last batch of a block is what counts of it.
    for (DerivationLog.Entry entry : derived.reversed()) {
      standings.put(entry.l1Number(), new Standing(entry.batchIndex(), entry.batchHash()));
    }
  }

  void rewindTo(long l1Number) {
    standings.tailMap(Math.max(l1Number, standings.firstKey()), false).clear();
  }

  /** The batches of a block as far as its logs, or an earlier search, tell. */
  List<PostedBatch> batchesOf(L1Block block) throws L1Exception {
    List<PostedBatch> batches = new ArrayList<>(inbox.batchesOf(block.hash()));
    for (PostedBatch more : found.getOrDefault(block.hash(), List.of())) {
      if (batches.stream().noneMatch(one -> one.event().equals(more.event()))) {
        batches.add(more);
      }
    }
    batches.sort((a, b) -> Long.compare(a.event().batchIndex(), b.event().batchIndex()));
    return batches;
  }

  /**
   * Whether these batches of a block follow what was read before without a gap; then they are
   * noted.
   */
  boolean follow(L1Block block, List<PostedBatch> batches) {
    Standing at = before(block);
    for (PostedBatch batch : batches) {
      BatchProposed event = batch.event();
      if (event.batchIndex() != at.batchIndex + 1) {
        return false;
      }
      at = new Standing(event.batchIndex(), event.batchHash());
    }
    if (!batches.isEmpty()) {
      standings.put(block.number(), at);
      while (standings.size() > REMEMBERED_BLOCKS) {
        standings.pollFirstEntry();
      }
    }
    return true;
  }

  private Standing before(L1Block block) {
    Map.Entry<Long, Standing> entry = standings.lowerEntry(block.number());
    if (entry == null) {
      throw new IllegalStateException(
          "L1 block " + block.number() + " lies below all whose batches are known");
    }
    return entry.getValue();
  }

  /**
   * Looks for the batches between what was read and those of {@code block}, in the transactions
   * from the last known block to this one.
   *
   * @return the L1 block of the first one that was missing
   * @throws L1Exception when one cannot be found: nothing after it may be derived
   */
  long findMissing(L1Block block, List<PostedBatch> batches) throws L1Exception {
    Standing at = before(block);
    long wanted = batches.getFirst().event().batchIndex();
    long from = standings.lowerKey(block.number());
    long first = -1;
    for (long number = Math.max(from, sources.deploymentBlock()); number <= block.number(); ) {
      if (at.batchIndex + 1 >= wanted) {
        break;
      }
      Hash32 taken = inbox.batchHash(at.batchIndex + 1, BlockTag.LATEST);
      PostedBatch missing = search(number, at, taken);
      if (missing == null) {
        number++;
        continue; // The same index, in the next block.
      }
      found.computeIfAbsent(missing.blockHash(), _ -> new ArrayList<>()).add(missing);
      first = first < 0 ? number : first;
      at = new Standing(at.batchIndex + 1, taken);
    }
    if (first < 0 || at.batchIndex + 1 < wanted) {
      throw new L1Exception(
          L1Exception.Kind.BAD_ANSWER,
          "batch %d is in no log and in no transaction of blocks %d to %d, but batch %d is there"
              .formatted(at.batchIndex + 1, from, block.number(), wanted));
    }
    return first;
  }

  private @Nullable PostedBatch search(long number, Standing before, Hash32 taken)
      throws L1Exception {
    L1Block block = execution.blockByNumber(number);
    if (block == null) {
      throw new L1Exception(L1Exception.Kind.BAD_ANSWER, "L1 has no block " + number);
    }
    for (L1Transaction tx : execution.transactions(block.hash())) {
      if (!sources.inbox().equals(tx.to())) {
        continue;
      }
      PostedBatch batch = asTaken(block, tx, before, taken);
      if (batch != null) {
        return batch;
      }
    }
    return null;
  }

  private @Nullable PostedBatch asTaken(
      L1Block block, L1Transaction tx, Standing before, Hash32 taken) throws L1Exception {
    Address poster = tx.from();
    int operatorId = registry.operatorOfPoster(poster, BlockTag.LATEST);
    Batch call;
    try {
      call = ClusterInboxAbi.decodePropose(tx.input());
    } catch (DecodeException _) {
      return null; // The inbox could not take it either.
    }
    List<Hash32> blobs = tx.blobVersionedHashes();
    if (!ClusterInboxAbi.batchHash(before.batchHash, call, blobs, operatorId).equals(taken)) {
      return null;
    }
    BatchProposed event =
        new BatchProposed(
            before.batchIndex + 1,
            operatorId,
            call.windowSlot(),
            taken,
            ClusterInboxAbi.declaredHead(call),
            blobs);
    return new PostedBatch(event, block.number(), block.hash(), tx.hash(), -1, poster, tx.input());
  }
}
