// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.fee.FeePolicy;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.fee.Fees;
import io.lockstep.l1client.fee.GasNeed;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.l1client.loop.WakeLoop;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.crypto.SignerException;
import io.lockstep.primitives.tx.Transaction;
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
 * <p>Rules (protocol, section 7): a posting goes from sealed over encoded, signed, sent, included
 * and safe to final, and each step is on the disk before the next begins; signed bytes are sent
 * again after a restart or a reorg, never made anew; a posting that two blocks passed over, or that
 * the fees have left behind, is replaced by the same content and nonce at twice the fees, itself
 * journaled first; at most one posting waits for inclusion.
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

  /**
   * What a sender stands on.
   *
   * @param execution answers for the chain: receipts, nonces, blocks
   * @param path how transactions leave
   * @param fees reads the market
   * @param store has {@link #columns}
   * @param lanes of the accounts of this process
   * @param cpu platform threads for KZG
   */
  public record Setup(
      ExecutionClient execution,
      InclusionPath path,
      FeeReader fees,
      KeyValueStore store,
      AccountLanes lanes,
      Executor cpu,
      BlobProofs proofs) {}

  /** The columns that the journal's store must have. */
  public static List<Column> columns() {
    return List.of(PostingJournal.RECORDS, PostingJournal.SIGNED_BYTES, PostingJournal.CONTENT);
  }

  private static final int INBOX_LIMIT = 1_024;
  private static final int COMMANDS_PER_STEP = 256;
  private static final long LONGEST_REST_MS = 60_000;

  private sealed interface Command {
    record Submit(PostingRequest request, @Nullable CompletableFuture<BlobSidecar> sidecar)
        implements Command {}

    record Abandon(PostingId id) implements Command {}

    record Chain(L1Event event) implements Command {}
  }

  private final Setup setup;
  private final BlobTxSigner signer;
  private final WrapperChoice wrapper;
  private final Pricer pricer;
  private final PostingBook book;
  private final Options options;
  private final Consumer<PostingEvent> listener;
  private final ArrayBlockingQueue<Command> inbox = new ArrayBlockingQueue<>(INBOX_LIMIT);
  private final PostingFollower follower;
  // The proofs of the one posting that is not signed yet.
  private @Nullable CompletableFuture<BlobSidecar> sidecar;
  private boolean attendNow = true;
  private long retryAtMs = Long.MAX_VALUE;
  private long signAtMs = Long.MIN_VALUE;
  private volatile Runnable wakeUp = () -> {};

  /** Opens the journal and takes up what it holds. */
  public BlobTxSender(
      Setup setup, Signer key, UInt256 chainId, Options options, Consumer<PostingEvent> listener) {
    setup.lanes().claim(key.address(), AccountLanes.Lane.BLOB);
    this.setup = setup;
    this.signer = new BlobTxSigner(key, chainId, setup.cpu(), setup.proofs());
    this.wrapper = new WrapperChoice(setup.fees());
    this.pricer = new Pricer(setup.fees(), options.fees());
    this.book = new PostingBook(new PostingJournal(setup.store(), key.address()));
    this.options = options;
    this.listener = listener;
    this.follower = new PostingFollower(setup, signer, wrapper, pricer, book, options, listener);
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
        .filter(posting -> posting.isUnsigned() || posting.isOpen() || posting.isIncluded())
        .map(posting -> new TakenUp(posting.id(), callDataOf(posting), posting.isIncluded()))
        .toList();
  }

  private Bytes callDataOf(Posting posting) {
    if (posting.isUnsigned()) {
      return book.content(posting).callData();
    }
    return BlobTxSigner.read(book.signedBytes(posting, posting.attempts().size() - 1))
        .fields()
        .data();
  }

  /**
   * Asks to post.
   *
   * @return false when the inbox is full
   */
  public boolean submit(PostingRequest request) {
    return enqueue(new Command.Submit(request, null));
  }

  /** The same with the proofs made (or being made) elsewhere. */
  public boolean submit(PostingRequest request, CompletableFuture<BlobSidecar> proofs) {
    boolean taken = enqueue(new Command.Submit(request, proofs));
    if (taken) {
      var _ = proofs.whenComplete((made, failure) -> wake());
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
    return enqueue(new Command.Abandon(id));
  }

  /**
   * Takes an event of the head tracker; every one must be given, in order.
   *
   * @return false when the inbox is full: the sender has stopped working
   */
  public boolean onL1Event(L1Event event) {
    return enqueue(new Command.Chain(event));
  }

  private boolean enqueue(Command command) {
    boolean taken = inbox.offer(command);
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
    return book.hasUnderWay();
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
    Posting unsigned = book.unsigned();
    if (unsigned != null && nowMs >= signAtMs && !advance(unsigned)) {
      signAtMs = nowMs + options.retryMs();
      retryAtMs = Math.min(retryAtMs, signAtMs);
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
    PostingId id = submit.request().id();
    Posting known = book.live(id);
    if (known != null) {
      listener.accept(new PostingEvent.Refused(id, "already posted: " + known.state()));
      return;
    }
    if (isBusy()) {
      listener.accept(new PostingEvent.Refused(id, "another posting is on its way"));
      return;
    }
    book.addSealed(submit.request());
    sidecar = submit.sidecar();
    signAtMs = Long.MIN_VALUE;
    listener.accept(new PostingEvent.Sealed(id));
  }

  private void giveUp(PostingId id) {
    Posting posting = book.live(id);
    if (posting == null) {
      return;
    }
    if (posting.isUnsigned()) {
      drop(posting, "given up before it was signed");
    } else if (posting.isOpen()) {
      book.update(posting.in(Posting.State.ABANDONED));
      listener.accept(new PostingEvent.Abandoned(id));
    }
  }

  private void drop(Posting unsigned, String why) {
    sidecar = null;
    book.settle(unsigned.in(Posting.State.FAILED));
    listener.accept(new PostingEvent.Refused(unsigned.id(), why));
  }

  /** Takes an unsigned posting as far as it goes; false when the node could not be asked. */
  private boolean advance(Posting posting) {
    if (posting.state() == Posting.State.ENCODED) {
      return signAndSend(posting);
    }
    CompletableFuture<BlobSidecar> proofs = sidecar;
    if (proofs == null) {
      List<byte[]> blobs = book.content(posting).blobs().stream().map(Bytes::unsafeArray).toList();
      proofs = BlobSidecar.compute(blobs, setup.cpu(), setup.proofs());
      sidecar = proofs;
      var _ = proofs.whenComplete((made, failure) -> wake());
    }
    if (!proofs.isDone()) {
      return true;
    }
    BlobSidecar made;
    try {
      made = proofs.join();
    } catch (CompletionException | CancellationException e) {
      drop(posting, "no sidecar: " + e.getMessage());
      return true;
    }
    Posting encoded = book.encoded(posting, made);
    sidecar = null;
    listener.accept(new PostingEvent.Encoded(posting.id(), made));
    return signAndSend(encoded);
  }

  /** Signs, journals and sends; false when the node or the key's holder could not be asked. */
  private boolean signAndSend(Posting encoded) {
    PostingCodec.Content content = book.content(encoded);
    BlobSidecar proofs = book.sidecar(encoded);
    GasNeed need = GasNeed.of(options.gas().gasLimit(content.callData()), proofs.hashes().size());
    Fees fees;
    long nonce;
    int version;
    try {
      // an endpoint may lag behind our own postings
      nonce =
          Math.max(
              setup.execution().nonce(signer.address(), BlockTag.LATEST),
              book.nonceAboveIncluded());
      fees = feesFor(nonce, need, encoded.dueSeconds());
      version = wrapper.version();
    } catch (L1Exception e) {
      stuck(encoded, e.text());
      return false;
    }
    if (fees == null) {
      stuck(encoded, "what L1 asks is above the caps or the budget of a posting");
      return false;
    }
    Transaction tx;
    try {
      tx =
          signer.sign(
              nonce, fees, need.gasLimit(), content.to(), content.callData(), proofs.hashes());
    } catch (SignerException e) {
      stuck(encoded, "not signed: " + e.text());
      return false;
    }
    Posting posting = book.signed(encoded, nonce, signer.wrap(tx, proofs, version));
    book.forgetProgress(posting);
    listener.accept(new PostingEvent.Signed(posting.id(), posting.latestTx(), nonce, fees));
    return follower.send(posting);
  }

  private void stuck(Posting posting, String why) {
    PostingBook.Progress p = book.progressOf(posting);
    if (!p.lastTrouble.equals(why)) {
      p.lastTrouble = why;
      listener.accept(new PostingEvent.Stuck(posting.id(), why));
    }
  }

  /** What the market asks, and enough to replace an abandoned posting of the same nonce. */
  private @Nullable Fees feesFor(long nonce, GasNeed need, long dueSeconds) throws L1Exception {
    Posting abandoned = book.abandonedAt(nonce);
    if (abandoned == null) {
      return pricer.first(need, dueSeconds);
    }
    Bytes old = book.signedBytes(abandoned, abandoned.attempts().size() - 1);
    Fees above = pricer.replacement(BlobTxSigner.feesOf(BlobTxSigner.read(old)), need, dueSeconds);
    // the pools may have forgotten the old one, so less than twice its fees may do
    return above == null ? pricer.first(need, dueSeconds) : above;
  }
}
