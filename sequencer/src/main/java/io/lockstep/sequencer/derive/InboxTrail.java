// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.InboxEvent;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.execution.L1Log;
import io.lockstep.l1client.execution.L1Receipt;
import io.lockstep.l1client.execution.L1Transaction;
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
 * logs leave out is looked for in the receipts of the blocks' transactions; the inbox's own ring of
 * hashes says what it took. Owner: the feed's thread.
 */
final class InboxTrail {
  private static final int REMEMBERED_BLOCKS = 1_024;
  private static final int REMEMBERED_FINDS = 64;

  /** Where the inbox stood after an L1 block. */
  private record Standing(long batchIndex, Hash32 batchHash) {}

  private final ExecutionClient execution;
  private final InboxReader inbox;
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

  InboxTrail(ExecutionClient execution, InboxReader inbox, L1Feed.Sources sources) {
    this.execution = execution;
    this.inbox = inbox;
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
      InboxEvent event = batch.event();
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

  /** What the inbox chained the first batch of a block onto. */
  Hash32 hashBefore(L1Block block) {
    return before(block).batchHash;
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
    return find(
        before(block),
        standings.lowerKey(block.number()),
        block,
        batches.getFirst().event().batchIndex() - 1);
  }

  /**
   * Looks for batches that the inbox took up to {@code block}, the newest one read, and no log
   * tells: without this the last batch would be missed until one follows it, which none can that
   * stands on another.
   *
   * @return the L1 block of the first one that was missing; -1 when none is, or when L1's head is
   *     another block by now
   */
  long findMissingAtHead(L1Block block) throws L1Exception {
    Map.Entry<Long, Standing> known = standings.floorEntry(block.number());
    if (known == null || inbox.lastBatchHash(BlockTag.LATEST).equals(known.getValue().batchHash)) {
      return -1;
    }
    // The view may be of a block that is not told yet: only one that is framed by two looks at
    // the head is of this block.
    if (!isHead(block)) {
      return -1;
    }
    Hash32 lastHash = inbox.lastBatchHash(BlockTag.LATEST);
    long lastIndex = inbox.lastBatchIndex(BlockTag.LATEST);
    if (!isHead(block) || lastHash.equals(known.getValue().batchHash)) {
      return -1;
    }
    return find(known.getValue(), known.getKey(), block, lastIndex);
  }

  private boolean isHead(L1Block block) throws L1Exception {
    L1Block head = execution.block(BlockTag.LATEST);
    return head != null && head.hash().equals(block.hash());
  }

  /** The batches after {@code at} up to an index, in the transactions of these blocks. */
  private long find(Standing at, long from, L1Block block, long lastIndex) throws L1Exception {
    long first = -1;
    for (long number = Math.max(from, sources.deploymentBlock()); number <= block.number(); ) {
      if (at.batchIndex >= lastIndex) {
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
    if (first < 0 || at.batchIndex < lastIndex) {
      throw new L1Exception(
          L1Exception.Kind.BAD_ANSWER,
          "batch %d is in no log and in no transaction of blocks %d to %d; the inbox took up to %d"
              .formatted(at.batchIndex + 1, from, block.number(), lastIndex));
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
      PostedBatch batch = asTaken(tx, before, taken);
      if (batch != null) {
        return batch;
      }
    }
    return null;
  }

  /** What logs leave out, receipts still have. */
  private @Nullable PostedBatch asTaken(L1Transaction tx, Standing before, Hash32 taken)
      throws L1Exception {
    L1Receipt receipt = execution.receipt(tx.hash());
    for (L1Log log : receipt == null ? List.<L1Log>of() : receipt.logs()) {
      if (!log.log().address().equals(sources.inbox())
          || log.log().topics().isEmpty()
          || !InboxReader.TOPICS.contains(log.log().topics().getFirst())) {
        continue;
      }
      InboxEvent event = inbox.decode(log);
      if (event.batchIndex() == before.batchIndex + 1 && event.batchHash().equals(taken)) {
        return new PostedBatch(
            event,
            log.blockNumber(),
            log.blockHash(),
            tx.hash(),
            log.logIndex(),
            tx.from(),
            tx.input());
      }
    }
    return null;
  }
}
