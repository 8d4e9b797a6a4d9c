// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.blob.BlobFetcher;
import io.lockstep.l1client.blob.BlobResult;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.InboundEvents;
import io.lockstep.l1client.contract.InboundReader;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.contract.RegistryEvent;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.schedule.RegistryChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
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
  private final InboundReader inbound;
  private final InboxTrail trail;
  private final InboundTrail inboundTrail = new InboundTrail();
  private final BatchReader batchReader;
  private final RegistryReader registry;
  private final BlobFetcher blobs;
  private final Sources sources;
  private final Consumer<L1Update> sink;
  private final Pacer pacer;
  private final TreeMap<Long, L1Block> remembered = new TreeMap<>();

  /** L1 blocks whose batches were derived before the start. */
  private final TreeMap<Long, Hash32> derivedBefore = new TreeMap<>();

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
   * Where to go on.
   *
   * @param derived the newest entries of the derivation log, newest first
   * @param inboundKnownTo everything for the rollups is known up to this L1 block; -1 when nothing
   *     is
   */
  public record Resume(List<DerivationLog.Entry> derived, long inboundKnownTo) {
    public Resume {
      derived = List.copyOf(derived);
    }
  }

  /**
   * @param sink takes updates in order; it may block while the sequencing thread is behind
   */
  public L1Feed(
      ExecutionClient execution,
      InboxReader inbox,
      InboundReader inbound,
      RegistryReader registry,
      BlobFetcher blobs,
      DerivationRules rules,
      Sources sources,
      Consumer<L1Update> sink,
      Pacer pacer) {
    this.execution = execution;
    this.inbound = inbound;
    this.registry = registry;
    this.blobs = blobs;
    this.sources = sources;
    this.sink = sink;
    this.pacer = pacer;
    this.batchReader = new BatchReader(rules, this::byNumber);
    this.trail = new InboxTrail(execution, inbox, sources);
    trail.startAfter(List.of());
  }

  /** Ends pauses and retries; the feed is of no use afterwards. */
  public void stop() {
    stopped = true;
  }

  /**
   * Tells everything that happened up to shortly before L1's head, blocks without events left out.
   *
   * @return the blocks from which a head tracker has to go on
   */
  public List<BlockRef> catchUp(Resume resume) throws L1Exception, InterruptedException {
    long derivedTo = rewindToCanonical(resume.derived());
    long inboundTo =
        Math.max(sources.deploymentBlock - 1, Math.min(resume.inboundKnownTo(), derivedTo));
    inboundTrail.startAnew();
    L1Block head = latest();
    caughtUpAt = head.number();
    long tail = Math.max(sources.deploymentBlock - 1, head.number() - TAIL_BLOCKS);
    NavigableMap<Long, List<RegistryChange>> changes = new TreeMap<>();
    for (RegistryReader.Placed placed : registry.eventsBetween(sources.deploymentBlock, tail)) {
      changes
          .computeIfAbsent(placed.blockNumber(), _ -> new ArrayList<>())
          .add(change(placed.event()));
    }
    long from = sources.deploymentBlock;
    long span = LOG_RANGE_BLOCKS;
    while (from <= tail) {
      long to = Math.min(tail, from + span - 1);
      Events events;
      try {
        events = new Events(changes, from, to, inboundTo, derivedTo);
      } catch (L1Exception e) {
        if (to == from || !mayBeTooLong(e)) {
          throw e;
        }
        span = (to - from + 1) / 2;
        continue;
      }
      events.tell();
      from = to + 1;
      span = Math.min(LOG_RANGE_BLOCKS, span * 2);
    }
    return List.of(byNumber(tail).ref());
  }

  /** Whether a shorter range may be answered: nodes limit answers, and we do. */
  private static boolean mayBeTooLong(L1Exception e) {
    return switch (e.kind()) {
      case TIMEOUT, BAD_ANSWER, REFUSED, NODE_ERROR -> true;
      case UNREACHABLE, BUSY, DENIED -> false;
    };
  }

  /** What a range of blocks holds, in memory only as long as the range. */
  private final class Events {
    private final Map<Long, List<RegistryChange>> changes;
    private final Map<Long, InboundEvents> forRollups;
    private final TreeSet<Long> posted = new TreeSet<>();

    Events(
        NavigableMap<Long, List<RegistryChange>> changes,
        long from,
        long to,
        long inboundTo,
        long derivedTo)
        throws L1Exception {
      this.changes = changes.subMap(from, true, to, true);
      this.forRollups =
          to > inboundTo ? inbound.between(Math.max(from, inboundTo + 1), to) : Map.of();
      if (to > derivedTo) {
        execution
            .logs(Math.max(from, derivedTo + 1), to, sources.inbox, InboxReader.TOPICS)
            .forEach(log -> posted.add(log.blockNumber()));
      }
    }

    void tell() throws L1Exception, InterruptedException {
      TreeSet<Long> numbers = new TreeSet<>(posted);
      numbers.addAll(changes.keySet());
      numbers.addAll(forRollups.keySet());
      for (long number : numbers) {
        L1Block block = byNumber(number);
        InboundEvents events = forRollups.getOrDefault(number, InboundEvents.NONE);
        if (inboundTrail.follow(block, events) != -1) {
          throw leftOut(block);
        }
        List<FetchedBatch> batches = posted.contains(number) ? fetchBatches(block) : List.of();
        sink.accept(
            new L1Update.Block(block, changes.getOrDefault(number, List.of()), events, batches));
      }
    }
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
        List<DerivationLog.Entry> canonical = newestFirst.subList(at, newestFirst.size());
        trail.startAfter(canonical);
        canonical.forEach(older -> derivedBefore.put(older.l1Number(), older.l1Hash()));
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
        rewindTo(reorg.forkPoint().number());
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

  private void rewindTo(long number) {
    remembered.tailMap(number, false).clear();
    derivedBefore.tailMap(number, false).clear();
    trail.rewindTo(number);
    inboundTrail.rewindTo(number);
    sink.accept(new L1Update.Rewind(number));
  }

  private void deliver(List<L1Block> blocks) {
    for (L1Block block : blocks) {
      Hash32 before = derivedBefore.get(block.number());
      if (before != null && !before.equals(block.hash())) {
        // At the start the client showed a head below this block and still knew the one it
        // replaces, so that whoever tracks heads has never heard of a reorg.
        rewindTo(block.number() - 1);
      }
      L1Update.Block update = readPatiently(block, block.equals(blocks.getLast()));
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
  private L1Update.@Nullable Block readPatiently(L1Block block, boolean newest) {
    long pauseMs = FIRST_PAUSE_MS;
    while (!stopped) {
      try {
        return newest ? readNewest(block) : read(block);
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
      changes.add(change(placed.event()));
    }
    return changes;
  }

  private L1Update.Block read(L1Block block) throws L1Exception, InterruptedException {
    List<FetchedBatch> batches = fetchBatches(block);
    InboundEvents events = inbound.of(block.hash());
    long gapFrom = inboundTrail.follow(block, events);
    if (gapFrom != -1) {
      readAgain(Math.max(gapFrom, block.number() - REMEMBERED_BLOCKS), block);
      batches = fetchBatches(block);
      events = inbound.of(block.hash());
      if (inboundTrail.follow(block, events) != -1) {
        throw leftOut(block);
      }
    }
    return new L1Update.Block(block, changesOf(block), events, batches);
  }

  /** The same of the newest block, after which no log would tell that one was left out. */
  private L1Update.Block readNewest(L1Block block) throws L1Exception, InterruptedException {
    L1Update.Block update = read(block);
    long missingFrom = trail.findMissingAtHead(block);
    if (missingFrom == -1) {
      return update;
    }
    readAgain(missingFrom, block);
    return read(block);
  }

  private static L1Exception leftOut(L1Block block) {
    return new L1Exception(
        L1Exception.Kind.BAD_ANSWER,
        "logs leave out a message or forced transaction before L1 block " + block.number());
  }

  private List<FetchedBatch> fetchBatches(L1Block block) throws L1Exception, InterruptedException {
    List<PostedBatch> batches = trail.batchesOf(block);
    if (!trail.follow(block, batches)) {
      readAgain(trail.findMissing(block, batches), block);
      batches = trail.batchesOf(block);
      if (!trail.follow(block, batches)) {
        throw new L1Exception(
            L1Exception.Kind.BAD_ANSWER,
            "the batches up to L1 block " + block.number() + " have a gap");
      }
    }
    List<Batch> declared = BatchReader.declared(batches, trail.hashBefore(block));
    if (!declared.isEmpty()) {
      sink.accept(new L1Update.Declared(declared));
    }
    List<FetchedBatch> out = new ArrayList<>();
    for (PostedBatch posted : batches) {
      out.add(batchReader.read(block, posted, () -> fetchBlobs(block, posted)));
    }
    return out;
  }

  /** Takes back what was told from {@code first} on and tells it again, up to before a block. */
  private void readAgain(long first, L1Block before) throws L1Exception, InterruptedException {
    LOG.warn(
        "logs left out something before L1 block {}: read again from {}", before.number(), first);
    trail.rewindTo(first - 1);
    inboundTrail.rewindTo(first - 1);
    sink.accept(new L1Update.Again(first - 1));
    for (long number = first; number < before.number(); number++) {
      sink.accept(read(byNumber(number)));
    }
  }

  private List<byte[]> fetchBlobs(L1Block block, PostedBatch posted)
      throws L1Exception, InterruptedException {
    if (!(posted.event() instanceof BatchProposed event)) {
      return List.of();
    }
    long pauseMs = FIRST_PAUSE_MS;
    while (true) {
      switch (blobs.fetch(block.ref(), event.blobHashes())) {
        case BlobResult.Found found -> {
          return found.blobs().stream().map(Bytes::unsafeArray).toList();
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

  private static RegistryChange change(RegistryEvent event) {
    return switch (event) {
      case RegistryEvent.OperatorRegistered e ->
          new RegistryChange.Registered(
              e.fromEpoch(), e.operatorId(), e.owner(), e.posters(), e.committer(), e.stake());
      case RegistryEvent.ValidatorsAdded e ->
          new RegistryChange.ValidatorsAdded(e.fromEpoch(), e.operatorId(), e.indices());
      case RegistryEvent.KeysRotated e ->
          new RegistryChange.KeysRotated(e.fromEpoch(), e.operatorId(), e.posters(), e.committer());
      case RegistryEvent.StakeChanged e ->
          new RegistryChange.StakeChanged(e.operatorId(), e.stake());
      case RegistryEvent.OperatorFrozen e -> new RegistryChange.Frozen(e.operatorId());
      case RegistryEvent.OperatorExited e -> new RegistryChange.Exited(e.operatorId());
      case RegistryEvent.StakeWithdrawn e -> new RegistryChange.Withdrawn(e.operatorId());
      case RegistryEvent.EligibilityEnded e ->
          new RegistryChange.EligibilityEnded(e.operatorId(), e.untilEpoch());
      case RegistryEvent.EligibilityBegan e ->
          new RegistryChange.EligibilityBegan(e.operatorId(), e.fromEpoch());
    };
  }
}
