// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.l1client.loop.WakeLoop;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Posts blob transactions of one poster key and sees them through to finality.
 *
 * <p>Rules (protocol, section 7): signed bytes are on the disk before they leave, and are sent
 * again after a restart or a reorg, never made anew; a posting that two blocks passed over is
 * replaced by the same content and nonce at twice the fees, itself journaled first; at most one
 * posting waits for inclusion.
 *
 * <p>{@link #submit}, {@link #abandon} and {@link #onL1Event} may be called from any thread and
 * only enqueue. Everything else happens in {@link #step}, on the owner's thread, where the listener
 * is called too; a step may block on the network. The {@link #loop} is the owner in production.
 */
public final class BlobTxSender {
  /**
   * How the sender behaves.
   *
   * @param replaceAfterBlocks blocks that may pass a posting over before it is replaced
   * @param retryMs between tries while a node refuses or none is reached
   */
  public record Options(FeePolicy fees, GasPolicy gas, int replaceAfterBlocks, long retryMs) {
    public static final Options DEFAULT =
        new Options(FeePolicy.DEFAULT, GasPolicy.DEFAULT, 2, 1_000);
  }

  /** The columns that the journal's store must have. */
  public static List<Column> columns() {
    return List.of(PostingJournal.RECORDS, PostingJournal.SIGNED_BYTES);
  }

  private static final int INBOX_LIMIT = 1_024;
  private static final int COMMANDS_PER_STEP = 256;
  private static final long LONGEST_REST_MS = 60_000;

  private sealed interface Command {
    record Submit(PostingId id, Address to, Bytes callData, CompletableFuture<BlobSidecar> sidecar)
        implements Command {}

    record Abandon(PostingId id) implements Command {}

    record Chain(L1Event event) implements Command {}
  }

  private final ExecutionClient execution;
  private final BlobTxSigner signer;
  private final PostingBook book;
  private final Options options;
  private final Executor cpu;
  private final BlobProofs proofs;
  private final Consumer<PostingEvent> listener;
  private final ArrayBlockingQueue<Command> inbox = new ArrayBlockingQueue<>(INBOX_LIMIT);
  private final PostingFollower follower;
  private Command.@Nullable Submit waiting;
  private String waitingTrouble = "";
  private boolean attendNow = true;
  private long retryAtMs = Long.MAX_VALUE;
  private volatile Runnable wakeUp = () -> {};

  /**
   * Opens the journal and takes up what it holds.
   *
   * @param store has {@link #columns}
   * @param cpu platform threads for KZG
   */
  public BlobTxSender(
      ExecutionClient execution,
      KeyValueStore store,
      SecretKey key,
      UInt256 chainId,
      Options options,
      Executor cpu,
      Consumer<PostingEvent> listener) {
    this(execution, store, key, chainId, options, cpu, BlobProofs.KZG, listener);
  }

  /** The same with proofs of another kind. */
  public BlobTxSender(
      ExecutionClient execution,
      KeyValueStore store,
      SecretKey key,
      UInt256 chainId,
      Options options,
      Executor cpu,
      BlobProofs proofs,
      Consumer<PostingEvent> listener) {
    this.execution = execution;
    this.signer = new BlobTxSigner(key, chainId);
    this.book = new PostingBook(new PostingJournal(store, key.address()));
    this.options = options;
    this.cpu = cpu;
    this.proofs = proofs;
    this.listener = listener;
    this.follower = new PostingFollower(execution, signer, book, options, listener);
  }

  public Address poster() {
    return signer.address();
  }

  /**
   * A posting of the journal that is not settled.
   *
   * @param isIncluded whether it stands in an L1 block, as far as was known
   */
  public record TakenUp(PostingId id, Bytes callData, boolean isIncluded) {}

  /** What the journal held at the start and goes on by itself. Before the owner's first step. */
  public List<TakenUp> takenUp() {
    return book.all().stream()
        .filter(posting -> posting.isOpen() || posting.state() == Posting.State.INCLUDED)
        .map(posting -> {
          Bytes signed = book.signedBytes(posting, posting.attempts().size() - 1);
          Bytes callData = BlobTxSigner.read(signed).transaction().fields().data();
          return new TakenUp(posting.id(), callData, posting.state() == Posting.State.INCLUDED);
        })
        .toList();
  }

  /**
   * Asks to post {@code callData} to {@code to} with these blobs.
   *
   * @return false when the inbox is full
   */
  public boolean submit(PostingId id, Address to, Bytes callData, List<byte[]> blobs) {
    return submit(id, to, callData, BlobSidecar.compute(blobs, cpu, proofs));
  }

  /** The same with the sidecar made (or being made) elsewhere. */
  public boolean submit(
      PostingId id, Address to, Bytes callData, CompletableFuture<BlobSidecar> sidecar) {
    boolean taken = inbox.offer(new Command.Submit(id, to, callData, sidecar));
    if (taken) {
      var _ = sidecar.whenComplete((made, failure) -> wake());
    }
    return taken;
  }

  /**
   * Gives a posting up: it is neither sent nor replaced any more and its nonce is free for the next
   * posting, which then pays at least twice its fees. What was signed may be included all the same,
   * which is told as ever. For content that its contract would refuse now.
   *
   * @return false when the inbox is full
   */
  public boolean abandon(PostingId id) {
    boolean taken = inbox.offer(new Command.Abandon(id));
    wake();
    return taken;
  }

  /**
   * Takes an event of the head tracker; every one must be given, in order.
   *
   * @return false when the inbox is full: the sender has stopped working
   */
  public boolean onL1Event(L1Event event) {
    boolean taken = inbox.offer(new Command.Chain(event));
    wake();
    return taken;
  }

  /** A loop that owns this sender from now on; the caller starts and closes it. */
  public WakeLoop loop() {
    return loop(Pacer.SYSTEM);
  }

  /** The same on threads and a clock handed in. */
  public WakeLoop loop(Pacer pacer) {
    WakeLoop loop =
        new WakeLoop(
            "l1-send-" + poster(),
            () -> {
              int handled = step(pacer.nowMs());
              return handled > 0 ? 0 : restMs(pacer.nowMs());
            },
            pacer);
    wakeUp = loop::wake;
    return loop;
  }

  private void wake() {
    wakeUp.run();
  }

  /**
   * Whether a posting is on its way, so that {@link #submit} would be refused. On the owner's
   * thread.
   */
  public boolean isBusy() {
    return waiting != null || book.hasOpen();
  }

  /**
   * Does what there is to do at {@code nowMs}, a clock that only rises.
   *
   * @return how many commands were handled
   */
  public int step(long nowMs) {
    int handled = 0;
    while (handled < COMMANDS_PER_STEP) {
      Command command = inbox.poll();
      if (command == null) {
        break;
      }
      handled++;
      switch (command) {
        case Command.Submit submit -> take(submit);
        case Command.Abandon(PostingId id) -> giveUp(id);
        case Command.Chain(L1Event event) -> {
          follower.apply(event);
          attendNow = true;
        }
      }
    }
    if (attendNow || nowMs >= retryAtMs) {
      attendNow = false;
      retryAtMs = Long.MAX_VALUE;
      boolean allWell = follower.attend();
      if (!allWell) {
        retryAtMs = nowMs + options.retryMs();
      }
    }
    Command.Submit submit = waiting;
    if (submit != null && submit.sidecar().isDone()) {
      if (!signAndSend(submit)) {
        retryAtMs = Math.min(retryAtMs, nowMs + options.retryMs());
      }
    }
    return handled;
  }

  /** How long the owner may rest before the next step, when nothing wakes it. */
  private long restMs(long nowMs) {
    if (attendNow) {
      return 0;
    }
    return retryAtMs == Long.MAX_VALUE
        ? LONGEST_REST_MS
        : Math.clamp(retryAtMs - nowMs, 1L, LONGEST_REST_MS);
  }

  private void take(Command.Submit submit) {
    Posting known = book.live(submit.id());
    if (known != null) {
      listener.accept(new PostingEvent.Refused(submit.id(), "already posted: " + known.state()));
      return;
    }
    if (isBusy()) {
      listener.accept(new PostingEvent.Refused(submit.id(), "another posting is on its way"));
      return;
    }
    waiting = submit;
    waitingTrouble = "";
  }

  private void giveUp(PostingId id) {
    Command.Submit submit = waiting;
    if (submit != null && submit.id().equals(id)) {
      waiting = null;
      listener.accept(new PostingEvent.Refused(id, "given up before it was signed"));
      return;
    }
    Posting posting = book.live(id);
    if (posting != null && posting.isOpen()) {
      book.update(posting.in(Posting.State.ABANDONED));
      listener.accept(new PostingEvent.Abandoned(id));
    }
  }

  /** Signs, journals and sends what waits; false when the node could not be asked. */
  private boolean signAndSend(Command.Submit submit) {
    BlobSidecar sidecar;
    try {
      sidecar = submit.sidecar().join();
    } catch (CompletionException | CancellationException e) {
      waiting = null;
      listener.accept(new PostingEvent.Refused(submit.id(), "no sidecar: " + e.getMessage()));
      return true;
    }
    Fees fees;
    long nonce;
    try {
      // an endpoint may lag behind our own postings
      nonce =
          Math.max(execution.nonce(signer.address(), BlockTag.LATEST), book.nonceAboveIncluded());
      fees = feesFor(nonce);
    } catch (L1Exception e) {
      if (!waitingTrouble.equals(e.text())) {
        waitingTrouble = e.text();
        listener.accept(new PostingEvent.Stuck(submit.id(), e.text()));
      }
      return false;
    }
    BlobTransaction tx =
        signer.sign(
            nonce,
            fees,
            options.gas().gasLimit(submit.callData()),
            submit.to(),
            submit.callData(),
            sidecar);
    Posting posting = book.addSigned(submit.id(), nonce, SignedTx.of(tx));
    waiting = null;
    listener.accept(new PostingEvent.Signed(submit.id(), posting.latestTx(), nonce));
    return follower.send(posting);
  }

  /** What the market asks, and enough to replace an abandoned posting of the same nonce. */
  private Fees feesFor(long nonce) throws L1Exception {
    Fees fees = options.fees().suggest(execution, true);
    Posting abandoned = book.abandonedAt(nonce);
    if (abandoned == null) {
      return fees;
    }
    Bytes old = book.signedBytes(abandoned, abandoned.attempts().size() - 1);
    Fees doubled = BlobTxSigner.feesOf(BlobTxSigner.read(old)).doubled();
    return options.fees().capped(fees.max(doubled));
  }
}
