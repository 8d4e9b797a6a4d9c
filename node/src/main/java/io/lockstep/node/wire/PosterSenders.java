// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.loop.WakeLoop;
import io.lockstep.l1client.send.BlobTxSender;
import io.lockstep.l1client.send.PostingEvent;
import io.lockstep.l1client.send.PostingId;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.post.Poster;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's two poster keys, each with its own sender: a posting goes to a key that has none
 * under way, so that a stuck nonce of one cannot block the last post (protocol §1.1). Any thread.
 */
final class PosterSenders implements Poster.PostingPort, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PosterSenders.class);
  private static final long POLL_MS = 50;

  private final ClusterFile cluster;
  private final List<BlobTxSender> senders = new ArrayList<>();
  private final List<WakeLoop> loops = new ArrayList<>();
  private final Landed landed;
  // Guarded by this: who carries which posting, until it is included or given up.
  private final Map<PostingId, UnderWay> underWay = new HashMap<>();

  private record UnderWay(int sender, long windowSlot) {}

  /** Told when a posting is in an L1 block. */
  @FunctionalInterface
  interface Landed {
    void landed(long windowSlot, boolean success);
  }

  static List<Column> columns() {
    return BlobTxSender.columns();
  }

  PosterSenders(
      ExecutionClient execution,
      KeyValueStore store,
      List<SecretKey> posters,
      ClusterFile cluster,
      Executor kzg,
      Landed landed) {
    this.cluster = cluster;
    this.landed = landed;
    for (SecretKey poster : posters) {
      BlobTxSender sender =
          new BlobTxSender(
              execution,
              store,
              poster,
              UInt256.of(cluster.l1().chainId()),
              BlobTxSender.Options.DEFAULT,
              kzg,
              this::onEvent);
      senders.add(sender);
      loops.add(sender.loop());
    }
  }

  void start(Thread.UncaughtExceptionHandler onDeath) {
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
  public void submit(long windowSlot, Bytes callData, List<byte[]> blobs) {
    Hash32 content = Keccak.hash(callData);
    PostingId id = new PostingId(content);
    int chosen;
    synchronized (this) {
      if (underWay.containsKey(id)) {
        return;
      }
      chosen = freeSender();
      underWay.put(id, new UnderWay(chosen, windowSlot));
    }
    if (!senders.get(chosen).submit(id, cluster.clusterInbox(), callData, blobs)) {
      LOG.error("window {}: the sender's inbox is full, a successor will carry it", windowSlot);
      forget(id);
    }
  }

  /**
   * The first key without a posting under way; if both have one, the one that will be free first.
   */
  private int freeSender() {
    for (int i = 0; i < senders.size(); i++) {
      int candidate = i;
      if (underWay.values().stream().noneMatch(posting -> posting.sender == candidate)) {
        return i;
      }
    }
    return 0;
  }

  private void onEvent(PostingEvent event) {
    switch (event) {
      case PostingEvent.Signed signed ->
          LOG.debug("posting {} is signed as {}", signed.id(), signed.txHash());
      case PostingEvent.Sent sent -> LOG.debug("posting {} is sent", sent.id());
      case PostingEvent.Replaced replaced ->
          LOG.warn("posting {} is replaced at higher fees", replaced.id());
      case PostingEvent.Included included -> {
        UnderWay done = forget(included.id());
        if (done != null) {
          landed.landed(done.windowSlot, included.success());
        }
      }
      case PostingEvent.Reorged reorged ->
          LOG.warn("posting {} was reorged away and is sent again", reorged.id());
      case PostingEvent.Final last -> LOG.debug("posting {} is final", last.id());
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

  private synchronized @Nullable UnderWay forget(PostingId id) {
    return underWay.remove(id);
  }

  private synchronized boolean isIdle() {
    return underWay.isEmpty();
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
