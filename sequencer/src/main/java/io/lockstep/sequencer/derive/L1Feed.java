// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.blob.BlobFetcher;
import io.lockstep.l1client.blob.BlobResult;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.contract.RegistryEvent;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.sequencer.batch.BatchCodec;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.SegmentRange;
import io.lockstep.sequencer.schedule.RegistryChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from L1 what derivation needs: our contracts' events, call data, blobs, anchors. An L1
 * block is handed on only when everything of it is here; what cannot be had now is asked for again,
 * with growing pauses, and holds back what comes after it. Owner: one thread, which may block.
 */
public final class L1Feed {
  private static final Logger LOG = LoggerFactory.getLogger(L1Feed.class);
  private static final int REMEMBERED_BLOCKS = 512;
  private static final int TAIL_BLOCKS = 200;
  private static final long FIRST_PAUSE_MS = 100;
  private static final long LONGEST_PAUSE_MS = 5_000;
  private static final long LOG_RANGE_BLOCKS = 5_000;

  private final ExecutionClient execution;
  private final InboxTrail trail;
  private final RegistryReader registry;
  private final BlobFetcher blobs;
  private final SlotClock clock;
  private final Sources sources;
  private final Consumer<L1Update> sink;
  private final Pacer pacer;
  private final TreeMap<Long, L1Block> remembered = new TreeMap<>();
  private volatile boolean stopped;
  private long caughtUpAt = Long.MAX_VALUE;

  /**
   * What is read where.
   *
   * @param inbox address of the inbox
   * @param deploymentBlock L1 block from which our contracts exist
   * @param genesisBatchHash the inbox's hash before its first batch
   */
  public record Sources(Address inbox, long deploymentBlock, Hash32 genesisBatchHash) {}

  /**
   * @param sink takes updates in order; it may block while the sequencing thread is behind
   */
  public L1Feed(
      ExecutionClient execution,
      InboxReader inbox,
      RegistryReader registry,
      BlobFetcher blobs,
      SlotClock clock,
      Sources sources,
      Consumer<L1Update> sink,
      Pacer pacer) {
    this.execution = execution;
    this.registry = registry;
    this.blobs = blobs;
    this.clock = clock;
    this.sources = sources;
    this.sink = sink;
    this.pacer = pacer;
    this.trail = new InboxTrail(execution, inbox, registry, sources);
    trail.startAfter(List.of());
  }

  /** Ends pauses and retries; the feed is of no use afterwards. */
  public void stop() {
    stopped = true;
  }

  /**
   * Tells everything that happened up to shortly before L1's head, blocks without events left out.
   *
   * @param derivedUpTo the newest entries of the derivation log, newest first: where to go on
   * @return the blocks from which a head tracker has to go on
   */
  public List<BlockRef> catchUp(List<DerivationLog.Entry> derivedUpTo)
      throws L1Exception, InterruptedException {
    long rewound = rewindToCanonical(derivedUpTo);
    L1Block head = latest();
    caughtUpAt = head.number();
    long tail = Math.max(sources.deploymentBlock - 1, head.number() - TAIL_BLOCKS);
    Map<Long, List<RegistryChange>> changes = new TreeMap<>();
    for (RegistryReader.Placed placed : registry.eventsBetween(sources.deploymentBlock, tail)) {
      L1Block block = byNumber(placed.blockNumber());
      changes
          .computeIfAbsent(placed.blockNumber(), _ -> new ArrayList<>())
          .add(change(block, placed.event()));
    }
    TreeMap<Long, Boolean> blocks = new TreeMap<>();
    changes.keySet().forEach(number -> blocks.put(number, true));
    for (long from = rewound + 1; from <= tail; from += LOG_RANGE_BLOCKS) {
      long to = Math.min(tail, from + LOG_RANGE_BLOCKS - 1);
      execution
          .logs(from, to, sources.inbox, List.of(ClusterInboxAbi.BATCH_PROPOSED_TOPIC))
          .forEach(log -> blocks.put(log.blockNumber(), true));
    }
    for (long number : blocks.keySet()) {
      L1Block block = byNumber(number);
      List<FetchedBatch> batches = number > rewound ? fetchBatches(block) : List.of();
      sink.accept(new L1Update.Block(block, changes.getOrDefault(number, List.of()), batches));
    }
    return List.of(byNumber(tail).ref());
  }

  /** Where the log's newest canonical entry stands; what lies above is rewound. */
  private long rewindToCanonical(List<DerivationLog.Entry> newestFirst)
      throws L1Exception, InterruptedException {
    boolean rewind = false;
    int at = 0;
    for (DerivationLog.Entry entry : newestFirst) {
      L1Block block = execution.blockByNumber(entry.l1Number());
      if (block != null && block.hash().equals(entry.l1Hash())) {
        if (rewind) {
          sink.accept(new L1Update.Rewind(entry.l1Number()));
        }
        trail.startAfter(newestFirst.subList(at, newestFirst.size()));
        return entry.l1Number();
      }
      at++;
      rewind = true;
    }
    if (rewind) {
      sink.accept(new L1Update.Rewind(sources.deploymentBlock - 1));
    }
    trail.startAfter(List.of());
    return sources.deploymentBlock - 1;
  }

  /** Turns a tracker's event into updates; returns when all of them were taken. */
  public void onL1Event(L1Event event) {
    switch (event) {
      case L1Event.NewBlocks blocks -> deliver(blocks.blocks());
      case L1Event.Reorg reorg -> {
        remembered.tailMap(reorg.forkPoint().number(), false).clear();
        trail.rewindTo(reorg.forkPoint().number());
        sink.accept(new L1Update.Rewind(reorg.forkPoint().number()));
        deliver(reorg.added());
      }
      case L1Event.Finalized finalized ->
          sink.accept(new L1Update.Finalized(finalized.block().number()));
      case L1Event.Unreachable unreachable ->
          sink.accept(new L1Update.Unreachable(unreachable.why()));
      case L1Event.TooDeep deep ->
          throw new IllegalStateException(
              "L1 changed below block " + deep.oldestKnown().number() + ": start the node anew");
      case L1Event.Safe _, L1Event.Reachable _ -> {}
    }
  }

  private void deliver(List<L1Block> blocks) {
    for (L1Block block : blocks) {
      L1Update.Block update = readPatiently(block);
      if (update == null) {
        return;
      }
      remember(block);
      sink.accept(update);
      if (block.number() >= caughtUpAt) {
        caughtUpAt = Long.MAX_VALUE;
        sink.accept(new L1Update.CaughtUp());
      }
    }
  }

  /**
   * Reads one block's events until that succeeds; null when the block is no longer canonical or we
   * stop.
   */
  private L1Update.@Nullable Block readPatiently(L1Block block) {
    long pauseMs = FIRST_PAUSE_MS;
    while (!stopped) {
      try {
        return new L1Update.Block(block, changesOf(block), fetchBatches(block));
      } catch (L1Exception e) {
        LOG.warn("L1 block {} cannot be read yet: {}", block.number(), e.getMessage());
        if (isGone(block)) {
          return null;
        }
        if (!pause(pauseMs)) {
          return null;
        }
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
    return null;
  }

  /**
   * Whether another block has taken this one's place. A branch that replaces it may be the shorter
   * one: then its newest block tells, which differs from what was there. A client that only lags
   * shows what was there.
   */
  private boolean isGone(L1Block block) {
    try {
      L1Block now = execution.blockByNumber(block.number());
      if (now != null) {
        return !now.hash().equals(block.hash());
      }
      L1Block head = latest();
      L1Block before = remembered.get(head.number());
      return before != null && !before.hash().equals(head.hash());
    } catch (L1Exception e) {
      return false;
    }
  }

  private List<RegistryChange> changesOf(L1Block block) throws L1Exception {
    List<RegistryChange> changes = new ArrayList<>();
    for (RegistryReader.Placed placed : registry.eventsOf(block.hash())) {
      changes.add(change(block, placed.event()));
    }
    return changes;
  }

  private List<FetchedBatch> fetchBatches(L1Block block) throws L1Exception, InterruptedException {
    List<PostedBatch> batches = trail.batchesOf(block);
    if (!trail.follow(block, batches)) {
      long first = trail.findMissing(block, batches);
      LOG.warn("logs left out a batch of L1 block {}: read again from there", first);
      trail.rewindTo(first - 1);
      sink.accept(new L1Update.Rewind(first - 1));
      for (long number = first; number < block.number(); number++) {
        L1Block again = byNumber(number);
        List<RegistryChange> changes = changesOf(again);
        sink.accept(new L1Update.Block(again, changes, fetchBatches(again)));
      }
      batches = trail.batchesOf(block);
      if (!trail.follow(block, batches)) {
        throw new L1Exception(
            L1Exception.Kind.BAD_ANSWER,
            "the batches up to L1 block " + block.number() + " have a gap");
      }
    }
    List<FetchedBatch> out = new ArrayList<>();
    for (PostedBatch posted : batches) {
      out.add(new FetchedBatch(posted.event(), content(block, posted)));
    }
    return out;
  }

  private FetchedBatch.Content content(L1Block block, PostedBatch posted)
      throws L1Exception, InterruptedException {
    Batch call;
    try {
      call = ClusterInboxAbi.decodePropose(posted.callData());
    } catch (DecodeException e) {
      return new FetchedBatch.Content.Garbage("call data: " + e.getMessage());
    }
    List<Bytes> found = fetchBlobs(block, posted);
    BatchContents contents;
    try {
      List<byte[]> blobs = found.stream().map(Bytes::unsafeArray).toList();
      contents = BatchCodec.decode(blobs);
      if (!declared(call).equals(BatchCodec.segmentRanges(blobs))) {
        return new FetchedBatch.Content.Garbage("segments do not lie where the call data says");
      }
    } catch (DecodeException e) {
      return new FetchedBatch.Content.Garbage("blobs: " + e.getMessage());
    }
    // All segments must have the same anchors, so the first one's are enough to look up.
    Map<Long, L1Block> anchors = new HashMap<>();
    for (BlockData data : contents.segments().getFirst().blocks()) {
      if (data.anchorNumber() < block.number() && !anchors.containsKey(data.anchorNumber())) {
        anchors.put(data.anchorNumber(), byNumber(data.anchorNumber()));
      }
    }
    return new FetchedBatch.Content.Decoded(call, contents, anchors);
  }

  private static List<SegmentRange> declared(Batch call) {
    return call.rollups().stream()
        .map(part -> new SegmentRange(part.rollupId(), part.offsetBytes(), part.lengthBytes()))
        .toList();
  }

  private List<Bytes> fetchBlobs(L1Block block, PostedBatch posted)
      throws L1Exception, InterruptedException {
    long pauseMs = FIRST_PAUSE_MS;
    while (true) {
      switch (blobs.fetch(block.ref(), posted.event().blobHashes())) {
        case BlobResult.Found found -> {
          return found.blobs();
        }
        case BlobResult.NotYet notYet -> LOG.warn("waiting for blobs: {}", notYet.why());
        case BlobResult.Missing missing -> LOG.warn("waiting for blobs: {}", missing.why());
      }
      if (isGone(block)) {
        // Not an interrupt: that would end the thread that follows L1.
        throw new L1Exception(
            L1Exception.Kind.BUSY,
            "L1 block " + block.number() + " went away before its blobs came");
      }
      if (stopped || !pause(pauseMs)) {
        throw new InterruptedException("blobs of L1 block " + block.number() + " given up");
      }
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  }

  private boolean pause(long pauseMs) {
    try {
      pacer.sleep(pauseMs);
      return !stopped;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private L1Block latest() throws L1Exception {
    L1Block head = execution.block(BlockTag.LATEST);
    if (head == null) {
      throw new L1Exception(L1Exception.Kind.BAD_ANSWER, "L1 has no latest block");
    }
    return head;
  }

  private L1Block byNumber(long number) throws L1Exception {
    L1Block known = remembered.get(number);
    if (known != null) {
      return known;
    }
    L1Block block = execution.blockByNumber(number);
    if (block == null) {
      throw new L1Exception(L1Exception.Kind.BAD_ANSWER, "L1 has no block " + number);
    }
    return block;
  }

  private void remember(L1Block block) {
    remembered.put(block.number(), block);
    while (remembered.size() > REMEMBERED_BLOCKS) {
      remembered.pollFirstEntry();
    }
  }

  private RegistryChange change(L1Block block, RegistryEvent event) {
    Epoch epoch = clock.epochOf(clock.slotAt(block.timestampSeconds()));
    return switch (event) {
      case RegistryEvent.OperatorRegistered e ->
          new RegistryChange.Registered(
              epoch, e.operatorId(), e.owner(), e.posters(), e.committer(), e.stake());
      case RegistryEvent.ValidatorsAdded e ->
          new RegistryChange.ValidatorsAdded(epoch, e.operatorId(), e.indices());
      case RegistryEvent.StakeAdded e ->
          new RegistryChange.StakeSet(epoch, e.operatorId(), e.stake());
      case RegistryEvent.OperatorFrozen e -> new RegistryChange.Frozen(epoch, e.operatorId());
      case RegistryEvent.OperatorExited e -> new RegistryChange.Exited(epoch, e.operatorId());
      case RegistryEvent.StakeWithdrawn e ->
          new RegistryChange.StakeRemoved(epoch, e.operatorId(), e.amount());
    };
  }
}
