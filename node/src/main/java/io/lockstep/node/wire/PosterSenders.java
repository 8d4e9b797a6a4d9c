// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.PostingConfig;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.l1client.blob.BlobArchive;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.loop.WakeLoop;
import io.lockstep.l1client.send.AccountLanes;
import io.lockstep.l1client.send.BlobSidecar;
import io.lockstep.l1client.send.BlobTxSender;
import io.lockstep.l1client.send.PostingCost;
import io.lockstep.l1client.send.PostingEvent;
import io.lockstep.l1client.send.PostingId;
import io.lockstep.l1client.send.PostingRequest;
import io.lockstep.l1client.send.ProofsAhead;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.post.Poster;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's two poster keys, each with its own sender: a posting goes to a key that has none
 * under way, so that a stuck nonce of one cannot block the last post (protocol §1.1). Any thread.
 */
public final class PosterSenders implements Poster.PostingPort, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PosterSenders.class);
  private static final long POLL_MS = 50;
  private static final long NOT_INCLUDED = Long.MAX_VALUE;

  /** From a posting's proofs to the pools of those who build its block. */
  private static final long SENDING_MS = 300;

  private final ClusterFile cluster;
  private final SlotClock clock;
  private final List<BlobTxSender> senders = new ArrayList<>();
  private final List<WakeLoop> loops = new ArrayList<>();
  private final BlobArchive archive;
  private final ProofsAhead proofsAhead;
  private final PostingMeter meter = new PostingMeter();
  private final Landed landed;
  // Guarded by this: who carries which posting, until it is final or given up.
  private final Map<PostingId, UnderWay> underWay = new HashMap<>();
  // Guarded by this: the newest L1 block that derivation has seen.
  private long derivedL1Number;

  /**
   * One posting.
   *
   * @param upToTick the last tick of its window that it was to hold
   * @param includedIn number of the L1 block it stands in, or NOT_INCLUDED
   */
  private record UnderWay(
      int sender, long windowSlot, long upToTick, Set<Hash32> expected, long includedIn) {
    UnderWay in(long l1Number) {
      return new UnderWay(sender, windowSlot, upToTick, expected, l1Number);
    }

    boolean isIncluded() {
      return includedIn != NOT_INCLUDED;
    }
  }

  /** Told when a posting is in an L1 block. */
  @FunctionalInterface
  interface Landed {
    void landed(long windowSlot, boolean success);
  }

  static List<Column> columns() {
    return BlobTxSender.columns();
  }

  PosterSenders(
      NodePorts ports,
      PostingConfig config,
      List<Signer> posters,
      ClusterFile cluster,
      Landed landed) {
    L1Link l1 = ports.l1();
    this.cluster = cluster;
    this.clock = l1.spec().clock();
    this.archive = ports.blobs().archive();
    this.proofsAhead = new ProofsAhead(ports.kzg(), ports.proofs());
    this.landed = landed;
    BlobTxSender.Options usual = BlobTxSender.Options.DEFAULT;
    BlobTxSender.Options options =
        new BlobTxSender.Options(
            PostingPaths.fees(config), usual.gas(), usual.replaceAfterBlocks(), usual.retryMs());
    BlobTxSender.Setup setup =
        new BlobTxSender.Setup(
            l1.execution(),
            ports.path(),
            new FeeReader(l1.execution(), BlobSchedule.ofBeacon(l1.spec()), clock.slotSeconds()),
            ports.store(),
            new AccountLanes(),
            ports.kzg(),
            ports.proofs());
    for (Signer poster : posters) {
      BlobTxSender sender =
          new BlobTxSender(
              setup, poster, UInt256.of(cluster.l1().chainId()), options, this::onEvent);
      takeUp(sender, senders.size());
      senders.add(sender);
      loops.add(sender.loop(ports.pacer()));
    }
  }

  /** Postings that an earlier run had under way go on. */
  private void takeUp(BlobTxSender sender, int index) {
    for (BlobTxSender.TakenUp posting : sender.takenUp()) {
      try {
        Batch batch = ClusterInboxAbi.decodePropose(posting.callData());
        underWay.put(
            posting.id(),
            new UnderWay(
                index,
                batch.windowSlot().value(),
                batch.firstTick() > batch.lastTick() ? Long.MAX_VALUE : batch.lastTick(),
                Set.copyOf(batch.expected()),
                posting.isIncluded() ? 0 : NOT_INCLUDED));
      } catch (DecodeException e) {
        throw new StorageException("a posting of the journal is no batch", e);
      }
    }
  }

  /** Starts their threads. */
  public void start(Thread.UncaughtExceptionHandler onDeath) {
    loops.forEach(loop -> loop.start(onDeath));
  }

  void onL1Event(L1Event event) {
    for (BlobTxSender sender : senders) {
      if (!sender.onL1Event(event)) {
        throw new IllegalStateException(
            "the sender of " + sender.poster() + " has stopped working");
      }
    }
  }

  @Override
  public boolean submit(Poster.Submission batch) {
    PostingId id = new PostingId(Keccak.hash(batch.callData()));
    int chosen;
    synchronized (this) {
      if (underWay.containsKey(id)) {
        return true;
      }
      chosen = freeSender();
      if (chosen == -1) {
        return false;
      }
      underWay.put(
          id,
          new UnderWay(
              chosen, batch.windowSlot(), batch.upToTick(), batch.expected(), NOT_INCLUDED));
    }
    PostingRequest request =
        new PostingRequest(
            id,
            cluster.clusterInbox(),
            batch.callData(),
            batch.blobs().stream().map(Bytes::wrap).toList(),
            clock.startSeconds(new Slot(batch.lastSlot())),
            batch.transactions());
    if (!senders.get(chosen).submit(request, proofsAhead.of(batch.blobs()))) {
      forget(id);
      return false;
    }
    return true;
  }

  @Override
  public int blobsInTime(long lastSlot, long nowMs) {
    long eachMs = proofsAhead.timePerBlob().toMillis();
    long leftMs = clock.startSeconds(new Slot(lastSlot)) * 1000 - nowMs - SENDING_MS;
    return eachMs == 0 ? Integer.MAX_VALUE : Math.clamp(leftMs / eachMs, 1, Integer.MAX_VALUE);
  }

  @Override
  public void prepare(List<byte[]> blobs) {
    var _ = proofsAhead.of(blobs);
  }

  /** The first key without a posting that waits for its block, or -1. */
  private int freeSender() {
    for (int i = 0; i < senders.size(); i++) {
      int candidate = i;
      if (underWay.values().stream()
          .noneMatch(posting -> posting.sender == candidate && !posting.isIncluded())) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public synchronized boolean isUnderWay(long windowSlot, long tick) {
    // What stands in a block that is derived and left ticks unposted did not post them.
    return underWay.values().stream()
        .anyMatch(one ->
            one.windowSlot == windowSlot
                && one.upToTick >= tick
                && one.includedIn > derivedL1Number);
  }

  @Override
  public void inboxMoved(long l1Number, Hash32 lastBatchHash, Hash32 lastHead) {
    Map<PostingId, Integer> inVain = new HashMap<>();
    synchronized (this) {
      derivedL1Number = l1Number;
      underWay.forEach((id, posting) -> {
        if (!posting.isIncluded()
            && !posting.expected.contains(lastBatchHash)
            && !posting.expected.contains(lastHead)) {
          inVain.put(id, posting.sender);
        }
      });
    }
    inVain.forEach((id, sender) -> {
      LOG.info("posting {} would be refused by the inbox now and is given up", id);
      if (!senders.get(sender).abandon(id)) {
        LOG.warn("posting {} could not be given up: its sender is busy", id);
      }
    });
  }

  /** What is counted of the postings. */
  PostingMeter meter() {
    return meter;
  }

  synchronized int countUnderWay() {
    return underWay.size();
  }

  /** Own blobs are kept from the start: nobody else may have them yet. */
  private void keep(PostingId id, BlobSidecar sidecar) {
    UnderWay posting;
    synchronized (this) {
      posting = underWay.get(id);
    }
    if (posting != null) {
      long slotSeconds = clock.startSeconds(new Slot(posting.windowSlot));
      for (int i = 0; i < sidecar.blobs().size(); i++) {
        archive.put(sidecar.hashes().get(i), sidecar.blobs().get(i), slotSeconds);
      }
    }
  }

  private void onEvent(PostingEvent event) {
    meter.count(event);
    switch (event) {
      case PostingEvent.Sealed sealed -> LOG.debug("posting {} is sealed", sealed.id());
      case PostingEvent.Encoded encoded -> {
        LOG.debug("posting {} is encoded", encoded.id());
        keep(encoded.id(), encoded.sidecar());
      }
      case PostingEvent.Signed signed ->
          LOG.debug("posting {} is signed as {}, {}", signed.id(), signed.txHash(), signed.fees());
      case PostingEvent.Sent sent -> LOG.debug("posting {} is sent", sent.id());
      case PostingEvent.Replaced replaced ->
          LOG.warn("posting {} is replaced at higher fees, {}", replaced.id(), replaced.fees());
      case PostingEvent.Included included -> {
        logCost(included);
        UnderWay done =
            included.success()
                ? place(included.id(), included.block().number())
                : forget(included.id());
        if (done != null) {
          landed.landed(done.windowSlot, included.success());
        }
      }
      case PostingEvent.Reorged reorged -> {
        LOG.warn("posting {} was reorged away and is sent again", reorged.id());
        place(reorged.id(), NOT_INCLUDED);
      }
      case PostingEvent.Safe safe -> LOG.debug("posting {} is safe", safe.id());
      case PostingEvent.Final last -> forget(last.id());
      case PostingEvent.Stuck stuck -> LOG.warn("posting {}: {}", stuck.id(), stuck.why());
      case PostingEvent.Abandoned gone -> forget(gone.id());
      case PostingEvent.Failed lost -> {
        LOG.warn("posting {} failed: {}", lost.id(), lost.why());
        forget(lost.id());
      }
      case PostingEvent.Refused refused -> {
        LOG.warn("posting {} was not taken: {}", refused.id(), refused.why());
        forget(refused.id());
      }
    }
  }

  private static void logCost(PostingEvent.Included included) {
    PostingCost cost = included.cost();
    LOG.info(
        "posting {} is in L1 block {}{}: {} wei, {} of it for {} blob gas; {} transactions, {} wei"
            + " each",
        included.id(),
        included.block().number(),
        included.success() ? "" : ", reverted",
        cost.totalWei(),
        cost.blobWei(),
        cost.blobGas(),
        cost.transactions(),
        cost.perTransactionWei());
  }

  private synchronized @Nullable UnderWay place(PostingId id, long l1Number) {
    return underWay.computeIfPresent(id, (_, posting) -> posting.in(l1Number));
  }

  private synchronized @Nullable UnderWay forget(PostingId id) {
    return underWay.remove(id);
  }

  private synchronized boolean isIdle() {
    return underWay.values().stream().allMatch(UnderWay::isIncluded);
  }

  /** Waits until every posting is in a block, at most so long. */
  void awaitIdle(long timeoutMs) throws InterruptedException {
    long deadline = System.nanoTime() + timeoutMs * 1_000_000;
    while (!isIdle() && System.nanoTime() < deadline) {
      Thread.sleep(POLL_MS);
    }
  }

  @Override
  public void close() {
    loops.forEach(WakeLoop::close);
  }
}
