// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.post;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.batch.BatchCodec;
import io.lockstep.sequencer.batch.BatchLimits;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.EncodedBatch;
import io.lockstep.sequencer.batch.SegmentRange;
import io.lockstep.sequencer.batch.TableEntry;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.head.Cluster;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts what was sealed in a window once the window has ended. It waits for the L1 block before the
 * own slot, so that a predecessor's posting need not be carried again, but not so long that the own
 * slot is missed. Owner: the sequencing thread; encodes on CPU threads.
 */
public final class Poster {
  private static final Logger LOG = LoggerFactory.getLogger(Poster.class);

  /**
   * One batch gathers no more than this, by what its transactions take as they were signed: well
   * below what a decoder takes of one segment.
   */
  public static final long MAX_SIGNED_BYTES = BatchLimits.MAX_DECOMPRESSED_BYTES_PER_SEGMENT / 2;

  private final int operatorId;
  private final BatchAssembler assembler;
  private final DerivationLog log;
  private final Hash32 genesisBatchHash;
  private final PostingPort port;
  private final Executor cpu;
  private final Deque<Due> due = new ArrayDeque<>();
  private final Map<Long, Long> encoding = new ConcurrentHashMap<>();

  /** What is more than one transaction holds or than comes in time: less of it goes out. */
  private final Queue<Less> tooMuch = new ConcurrentLinkedQueue<>();

  private final AtomicReference<@Nullable Measured> measured = new AtomicReference<>();
  private final AtomicBoolean isMeasuring = new AtomicBoolean();

  /** Where the inbox stands once the newest early posting has landed, and of which window it is. */
  private Hash32 earlyHead = Hash32.ZERO;

  private long earlyWindowSlot = -1;
  private InTime inTime = new InTime(-1, -1, 0);
  private @Nullable Prepared prepared;

  /** The window that waits for a key and was told of. */
  private volatile long keylessWindowSlot = -1;

  /** Sends batches to the inbox. Any thread. */
  public interface PostingPort {
    /**
     * Takes one batch; it is under way from then on.
     *
     * @return false when no poster key is free for it now
     */
    boolean submit(Submission submission);

    /**
     * How many blobs' proofs will be made, and sent, before this L1 slot begins, as far as earlier
     * ones tell; one at least.
     */
    int blobsInTime(long lastSlot, long nowMs);

    /** These blobs will be submitted soon, most likely: their proofs can be made ahead. */
    void prepare(List<byte[]> blobs);

    /**
     * Whether a posting of this window that holds its ticks up to this one is on its way to L1, or
     * on L1 and not derived.
     */
    boolean isUnderWay(long windowSlot, long tick);

    /**
     * With this L1 block derived the inbox stands here: what expects another head would only cost
     * its fees.
     */
    void inboxMoved(long l1Number, Hash32 lastBatchHash, Hash32 lastHead);
  }

  /**
   * One batch for the inbox.
   *
   * @param upToTick the last tick of the window that it was to hold
   * @param lastSlot L1 slot in whose block it must stand at the latest
   * @param expected inbox heads it may stand on
   * @param transactions of users that it carries
   */
  public record Submission(
      long windowSlot,
      long upToTick,
      long lastSlot,
      Set<Hash32> expected,
      Bytes callData,
      List<byte[]> blobs,
      int transactions) {}

  /**
   * What one posting of the blocks between two heights takes.
   *
   * @param lastHash of the first rollup's block at {@code lastHeight}
   * @param bytes the limit when it is too much for one posting
   */
  public record Measured(long firstHeight, long lastHeight, Hash32 lastHash, long bytes) {}

  /**
   * A window whose ticks have to be posted.
   *
   * @param lastSlot the last L1 slot in which it may be posted
   * @param waitForL1Slot the L1 block before the own slot
   * @param deadlineMs Unix milliseconds after which that block is not waited for any longer
   * @param isEarly whether the window is still open
   */
  private record Due(
      long windowSlot,
      long lastTick,
      long lastSlot,
      long waitForL1Slot,
      long deadlineMs,
      boolean isEarly) {
    Due at(long nowMs) {
      return new Due(windowSlot, lastTick, lastSlot, waitForL1Slot, nowMs, isEarly);
    }
  }

  /** What is due, of which so much is gathered. */
  private record Less(Due due, long mostSignedBytes) {}

  /** Of which window how much was prepared. */
  private record Prepared(long windowSlot, long mostSignedBytes) {}

  /**
   * @param cpu threads for compressing; never the sequencing thread
   */
  public Poster(
      int operatorId,
      Cluster cluster,
      CommitmentLedger ledger,
      DerivationLog log,
      Hash32 genesisBatchHash,
      PostingPort port,
      Executor cpu) {
    this.operatorId = operatorId;
    this.assembler = new BatchAssembler(cluster, ledger);
    this.log = log;
    this.genesisBatchHash = genesisBatchHash;
    this.port = port;
    this.cpu = cpu;
  }

  /** The window has ended with {@code lastTick}: post it in {@code lastSlot} or before. */
  public void windowEnded(long windowSlot, long lastTick, long lastSlot, long deadlineMs) {
    due.removeIf(earlier -> earlier.windowSlot == windowSlot);
    due.add(new Due(windowSlot, lastTick, lastSlot, windowSlot - 1, deadlineMs, false));
  }

  /** The window goes on; what it has up to {@code lastTick} is posted with the next step. */
  public void postEarly(long windowSlot, long lastTick, long lastSlot, long nowMs) {
    due.removeIf(earlier -> earlier.windowSlot == windowSlot);
    due.addFirst(new Due(windowSlot, lastTick, lastSlot, windowSlot - 1, nowMs, true));
  }

  /** What is due goes out with the next step: the node is about to end. */
  public void hurry(long nowMs) {
    List<Due> all = List.copyOf(due);
    due.clear();
    all.forEach(one -> due.add(one.at(nowMs)));
  }

  /** Whether this window's ticks up to this one are due, being encoded or under way. */
  public boolean hasInHand(long windowSlot, long tick) {
    Long encoded = encoding.get(windowSlot);
    return due.stream().anyMatch(one -> one.windowSlot == windowSlot && one.lastTick >= tick)
        || (encoded != null && encoded >= tick)
        || port.isUnderWay(windowSlot, tick);
  }

  /** All batches up to this L1 block are derived. */
  public void derivedUpTo(long l1Number) {
    DerivationLog.Entry last = log.last();
    if (last != null) {
      port.inboxMoved(l1Number, last.batchHash(), last.declaredHead());
    }
  }

  /** Whether everything due was handed to the sender of L1 transactions. */
  public boolean isIdle() {
    return due.isEmpty() && encoding.isEmpty();
  }

  /**
   * Encodes what would be posted now, to see how large it is; the result is there for {@link
   * #takeMeasured}.
   *
   * @return false when that is going on already
   */
  public boolean measure(long windowSlot, long lastTick) {
    if (!isMeasuring.compareAndSet(false, true)) {
      return false;
    }
    BatchAssembler.Draft draft =
        assembler.assemble(operatorId, windowSlot, lastTick, MAX_SIGNED_BYTES);
    if (draft == null) {
      isMeasuring.set(false);
      return true;
    }
    cpu.execute(() -> {
      try {
        EncodedBatch encoded = BatchCodec.encodeIfFits(draft.contents());
        List<TableEntry> table = draft.contents().table();
        measured.set(
            new Measured(
                table.getFirst().number(),
                draft.lastHeight(),
                table.get(table.size() - draft.contents().segments().size()).blockHash(),
                encoded == null ? BatchLimits.MAX_PAYLOAD_BYTES : encoded.payloadBytes()));
      } finally {
        isMeasuring.set(false);
      }
    });
    return true;
  }

  /** The newest measurement, once. */
  public @Nullable Measured takeMeasured() {
    return measured.get() == null ? null : measured.getAndSet(null);
  }

  /** Starts what is due; tells whether it did anything. */
  public boolean step(long l1HeadSlot, long nowMs) {
    Less less = tooMuch.poll();
    if (less != null) {
      encoding.remove(less.due.windowSlot);
      start(less.due, less.mostSignedBytes);
      return true;
    }
    Due next = due.peek();
    if (next == null) {
      return false;
    }
    if (!inTime.isOf(next.windowSlot, next.lastTick)) {
      int mostBlobs = port.blobsInTime(next.lastSlot, nowMs);
      inTime = new InTime(next.windowSlot, next.lastTick, mostBlobs);
    }
    if (l1HeadSlot < next.waitForL1Slot && nowMs < next.deadlineMs) {
      return prepare(next);
    }
    due.remove();
    start(next, inTime.mostSignedBytes());
    return true;
  }

  private void start(Due next, long mostSignedBytes) {
    BatchAssembler.Draft draft = assemble(next, mostSignedBytes);
    if (draft == null) {
      LOG.debug("window {}: all of it is on L1 already", next.windowSlot);
      return;
    }
    DerivationLog.Entry last = log.last();
    List<Hash32> expected = new ArrayList<>();
    expected.add(last == null ? genesisBatchHash : last.batchHash());
    expected.addAll(draft.expected());
    if (earlyWindowSlot == next.windowSlot) {
      // Should the early posting land first, the inbox stands there.
      expected.add(earlyHead);
    }
    if (next.isEarly) {
      earlyWindowSlot = next.windowSlot;
      earlyHead = declaredHead(draft);
    }
    encoding.put(next.windowSlot, next.lastTick);
    InTime reach = inTime;
    cpu.execute(() -> {
      boolean isTooMuch = false;
      try {
        EncodedBatch encoded = BatchCodec.encodeIfFits(draft.contents());
        isTooMuch =
            encoded == null
                || (mostSignedBytes == MAX_SIGNED_BYTES && reach.isTooMuch(draft, encoded));
        if (encoded == null) {
          LOG.warn(
              "window {}: up to block {} it does not compress into one transaction, less is posted",
              draft.windowSlot(),
              draft.lastHeight());
          tooMuch.add(new Less(next, BatchLimits.MAX_PAYLOAD_BYTES));
        } else if (isTooMuch) {
          tooMuch.add(new Less(next, reach.mostSignedBytes()));
        } else {
          submit(draft, encoded, next, expected);
        }
      } finally {
        if (!isTooMuch) {
          encoding.remove(draft.windowSlot());
        }
      }
    });
  }

  /**
   * What would be posted now is encoded and its proofs begun, so that little is left to do once the
   * L1 block before the own slot is there; if that brings a predecessor's posting, the batch is
   * another one and this was in vain.
   */
  private boolean prepare(Due next) {
    InTime reach = inTime;
    Prepared now = new Prepared(next.windowSlot, reach.mostSignedBytes());
    if (now.equals(prepared)) {
      return false;
    }
    prepared = now;
    BatchAssembler.Draft draft = assemble(next, now.mostSignedBytes);
    if (draft == null) {
      return false;
    }
    cpu.execute(() -> {
      EncodedBatch encoded = BatchCodec.encodeIfFits(draft.contents());
      boolean isLimited = now.mostSignedBytes < MAX_SIGNED_BYTES;
      if (encoded != null && (isLimited || !reach.isTooMuch(draft, encoded))) {
        port.prepare(encoded.blobs());
      }
    });
    return true;
  }

  private BatchAssembler.@Nullable Draft assemble(Due next, long mostSignedBytes) {
    BatchAssembler.Draft draft =
        assembler.assemble(operatorId, next.windowSlot, next.lastTick, mostSignedBytes);
    // Where not even one tick is so small, a late posting is better than none.
    return draft != null || mostSignedBytes >= BatchLimits.MAX_PAYLOAD_BYTES
        ? draft
        : assembler.assemble(operatorId, next.windowSlot, next.lastTick, MAX_SIGNED_BYTES);
  }

  /** Of the newest block of each rollup in the batch. */
  private static Hash32 declaredHead(BatchAssembler.Draft draft) {
    int rollups = draft.contents().segments().size();
    List<TableEntry> table = draft.contents().table();
    return ClusterInboxAbi.headOf(
        table.subList(table.size() - rollups, table.size()).stream()
            .map(TableEntry::blockHash)
            .toList());
  }

  private void submit(
      BatchAssembler.Draft draft, EncodedBatch encoded, Due due, List<Hash32> expected) {
    BlockData lastBlock = draft.contents().segments().getFirst().blocks().getLast();
    int rollups = draft.contents().segments().size();
    int tableSize = draft.contents().table().size();
    List<RollupPart> parts = new ArrayList<>();
    for (int i = 0; i < rollups; i++) {
      SegmentRange range = encoded.segments().get(i);
      parts.add(
          new RollupPart(
              range.rollupId(),
              draft.contents().table().get(tableSize - rollups + i).blockHash(),
              range.offsetBytes(),
              range.lengthBytes()));
    }
    Batch batch =
        new Batch(
            expected,
            new Slot(draft.windowSlot()),
            draft.carried(),
            draft.firstTick(),
            draft.lastTick(),
            lastBlock.anchorNumber(),
            lastBlock.anchorHash(),
            0,
            encoded.headersRoot(),
            parts,
            encoded.blobs().size());
    int transactions =
        draft.contents().segments().stream()
            .flatMap(segment -> segment.blocks().stream())
            .mapToInt(block -> block.transactions().size())
            .sum();
    boolean taken =
        port.submit(
            new Submission(
                draft.windowSlot(),
                due.lastTick,
                due.lastSlot,
                Set.copyOf(expected),
                ClusterInboxAbi.encodePropose(batch),
                encoded.blobs(),
                transactions));
    if (taken) {
      LOG.info(
          "window {}: posting up to block {}{}, {} windows carried",
          draft.windowSlot(),
          draft.lastHeight(),
          due.isEarly ? " before its end, for room" : "",
          draft.carried().size());
    } else if (keylessWindowSlot != draft.windowSlot()) {
      keylessWindowSlot = draft.windowSlot();
      LOG.info("window {}: no poster key is free, tried until one is", draft.windowSlot());
    }
  }
}
