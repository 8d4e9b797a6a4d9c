// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.InboundEvents;
import io.lockstep.l1client.contract.InboxEvent;
import io.lockstep.l1client.contract.OpenBlockProposed;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.derive.BatchReader;
import io.lockstep.sequencer.derive.DerivationRules;
import io.lockstep.sequencer.derive.FetchedBatch;
import io.lockstep.sequencer.derive.L1Update;
import io.lockstep.sequencer.schedule.RegistryChange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An L1 that does what a test says: a block in a slot or none, reorgs, postings that land by the
 * inbox's own rule of expected heads. Gives updates as the feed would.
 */
final class ScriptedL1 {
  private final SlotClock clock;
  private final BatchReader reader;
  private final Hash32 genesisBatchHash;
  private final Hash32 genesisHead;
  private final List<Mined> chain = new ArrayList<>();
  private final List<Posting> pool = new ArrayList<>();
  private long salt;
  private long openTick = -1;

  /** How many blobs' proofs the operators make in time. */
  int blobsInTime = Integer.MAX_VALUE;

  /** Postings that were in a block and not taken by the inbox. */
  final List<Refused> refused = new ArrayList<>();

  /** A transaction to the inbox. */
  record Posting(int operatorId, Bytes callData, List<byte[]> blobs) {}

  /** A posting in the block of a slot whose inbox did not take it. */
  record Refused(Posting posting, Slot slot) {}

  /** A block with what landed in it. */
  record Mined(L1Update.Block update, List<Posting> landed) {}

  ScriptedL1(DerivationRules rules, Hash32 genesisBatchHash, Hash32 genesisHead) {
    this.clock = rules.clock();
    this.reader = new BatchReader(rules, number -> chain.get((int) number).update().block());
    this.genesisBatchHash = genesisBatchHash;
    this.genesisHead = genesisHead;
  }

  void submit(Posting posting) {
    pool.add(posting);
  }

  /** The next block has an open block with this tick. */
  void openBlock(long tick) {
    openTick = tick;
  }

  boolean isWaiting(Posting posting) {
    return pool.contains(posting);
  }

  /** A transaction that pays more than all others. */
  void submitFirst(Posting posting) {
    pool.addFirst(posting);
  }

  List<Mined> chain() {
    return chain;
  }

  L1Block head() {
    return chain.getLast().update().block();
  }

  /** Mines the block of a slot with everything in the pool that the inbox takes. */
  L1Update.Block mine(long slot, List<RegistryChange> registry) {
    long number = chain.size();
    Hash32 parent = chain.isEmpty() ? Hash32.ZERO : head().hash();
    L1Block block =
        new L1Block(
            new BlockRef(
                number,
                hash("block", slot, ++salt),
                parent,
                clock.startSeconds(new io.lockstep.primitives.types.Slot(slot))),
            hash("state", slot, salt),
            hash("randao", slot, salt),
            hash("beacon", slot, salt),
            UInt256.of(7),
            30_000_000,
            0,
            0,
            0);
    List<FetchedBatch> batches = new ArrayList<>();
    List<Posting> landed = new ArrayList<>();
    if (openTick != -1) {
      batches.add(proposeOpen(block));
      openTick = -1;
    }
    for (Posting posting : List.copyOf(pool)) {
      FetchedBatch batch = propose(posting, block, batches);
      pool.remove(posting);
      if (batch != null) {
        batches.add(batch);
        landed.add(posting);
      } else {
        refused.add(new Refused(posting, clock.slotAt(block.timestampSeconds())));
      }
    }
    L1Update.Block update = new L1Update.Block(block, registry, InboundEvents.NONE, batches);
    chain.add(new Mined(update, landed));
    return update;
  }

  /**
   * Drops the newest {@code depth} blocks.
   *
   * @param backToPool whether what had landed in them waits again
   */
  L1Update.Rewind reorg(int depth, boolean backToPool) {
    for (int i = 0; i < depth; i++) {
      Mined gone = chain.removeLast();
      if (backToPool) {
        pool.addAll(0, gone.landed());
      }
    }
    return new L1Update.Rewind(head().number());
  }

  private FetchedBatch proposeOpen(L1Block at) {
    InboxEvent last = lastEvent();
    OpenBlockProposed event =
        new OpenBlockProposed(
            last == null ? 1 : last.batchIndex() + 1,
            clock.slotAt(at.timestampSeconds()),
            openTick,
            hash("open", openTick, salt));
    try {
      return reader.read(
          at, posted(event, at, ClusterInboxAbi.encodeProposeOpen(List.of())), List::of);
    } catch (L1Exception | InterruptedException e) {
      throw new IllegalStateException("an open block needs no blobs", e);
    }
  }

  private static PostedBatch posted(InboxEvent event, L1Block at, Bytes callData) {
    return new PostedBatch(
        event, at.number(), at.hash(), event.batchHash(), 0, Address.ZERO, callData);
  }

  private @Nullable InboxEvent lastEvent() {
    InboxEvent last = null;
    for (Mined mined : chain) {
      for (FetchedBatch batch : mined.update().batches()) {
        last = batch.event();
      }
    }
    return last;
  }

  private @Nullable FetchedBatch propose(
      Posting posting, L1Block at, List<FetchedBatch> earlierInBlock) {
    InboxEvent last = lastEvent();
    for (FetchedBatch batch : earlierInBlock) {
      last = batch.event();
    }
    Hash32 lastHash = last == null ? genesisBatchHash : last.batchHash();
    Hash32 lastHead = last == null ? genesisHead : last.declaredHead();
    try {
      Batch call = ClusterInboxAbi.decodePropose(posting.callData());
      if (!call.expected().contains(lastHash) && !call.expected().contains(lastHead)) {
        return null;
      }
      List<Hash32> blobHashes = posting.blobs().stream().map(Keccak::hash).toList();
      List<Address> committers =
          call.carried().stream()
              .map(carried -> ScenarioNet.key("committer" + carried.operatorId()).address())
              .toList();
      BatchProposed event =
          new BatchProposed(
              last == null ? 1 : last.batchIndex() + 1,
              posting.operatorId(),
              call.windowSlot(),
              ClusterInboxAbi.batchHash(
                  lastHash, call, blobHashes, posting.operatorId(), committers),
              ClusterInboxAbi.declaredHead(call),
              blobHashes,
              committers);
      return reader.read(at, posted(event, at, posting.callData()), posting::blobs);
    } catch (DecodeException | L1Exception | InterruptedException e) {
      throw new IllegalStateException("a node posted unreadable call data", e);
    }
  }

  private static Hash32 hash(String what, long slot, long salt) {
    return Keccak.hash(
        (what + slot + "/" + salt).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
