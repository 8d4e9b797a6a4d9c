// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Receipt;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * <p>{@link #submit} and {@link #onL1Event} may be called from any thread and only enqueue.
 * Everything else happens in {@link #step}, on the owner's thread, where the listener is called
 * too; a step may block on the network. {@link BlobSenderLoop} is the owner in production.
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

  /**
   * Steps in a row that must find the nonce used by another transaction before that is believed.
   */
  private static final int FOREIGN_NONCE_SIGHTINGS = 3;

  private sealed interface Command {
    record Submit(PostingId id, Address to, Bytes callData, CompletableFuture<BlobSidecar> sidecar)
        implements Command {}

    record Chain(L1Event event) implements Command {}
  }

  /** What is known of an open posting beyond its record; lost and not missed at a restart. */
  private static final class Progress {
    int attemptToSend;
    int blocksSinceSent;
    int foreignNonceSightings;
    String lastTrouble = "";
  }

  private final ExecutionClient execution;
  private final BlobTxSigner signer;
  private final PostingJournal journal;
  private final Options options;
  private final Executor cpu;
  private final Consumer<PostingEvent> listener;
  private final ArrayBlockingQueue<Command> inbox = new ArrayBlockingQueue<>(INBOX_LIMIT);
  private final CanonicalChain chain = new CanonicalChain();
  private final List<Posting> postings;
  private final Map<Long, Progress> progress = new HashMap<>();
  private long nextSequence;
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
    this.execution = execution;
    this.signer = new BlobTxSigner(key, chainId);
    this.journal = new PostingJournal(store, key.address());
    this.options = options;
    this.cpu = cpu;
    this.listener = listener;
    this.postings = new ArrayList<>(journal.load());
    this.nextSequence = postings.isEmpty() ? 1 : postings.getLast().sequence() + 1;
    for (int i = 0; i < postings.size(); i++) {
      Posting posting = postings.get(i);
      if (posting.isOpen()) {
        // whether the last send went out is unknown: send again
        postings.set(i, posting.in(Posting.State.SIGNED));
        progressOf(posting).attemptToSend = posting.attempts().size() - 1;
      }
    }
  }

  public Address poster() {
    return signer.address();
  }

  /**
   * Asks to post {@code callData} to {@code to} with these blobs.
   *
   * @return false when the inbox is full
   */
  public boolean submit(PostingId id, Address to, Bytes callData, List<byte[]> blobs) {
    return submit(id, to, callData, BlobSidecar.compute(blobs, cpu));
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
   * Takes an event of the head tracker; every one must be given, in order.
   *
   * @return false when the inbox is full: the sender has stopped working
   */
  public boolean onL1Event(L1Event event) {
    boolean taken = inbox.offer(new Command.Chain(event));
    wake();
    return taken;
  }

  void onWake(Runnable action) {
    wakeUp = action;
  }

  private void wake() {
    wakeUp.run();
  }

  /**
   * Whether a posting is on its way, so that {@link #submit} would be refused. On the owner's
   * thread.
   */
  public boolean isBusy() {
    return waiting != null || postings.stream().anyMatch(Posting::isOpen);
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
        case Command.Chain(L1Event event) -> apply(event);
      }
    }
    if (attendNow || nowMs >= retryAtMs) {
      attendNow = false;
      retryAtMs = Long.MAX_VALUE;
      boolean allWell = attend();
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
  long restMs(long nowMs) {
    return attendNow ? 0 : Math.clamp(retryAtMs - nowMs, 0L, 60_000L);
  }

  private void take(Command.Submit submit) {
    for (Posting posting : postings) {
      if (posting.id().equals(submit.id()) && posting.state() != Posting.State.FAILED) {
        listener.accept(
            new PostingEvent.Refused(submit.id(), "already posted: " + posting.state()));
        return;
      }
    }
    if (isBusy()) {
      listener.accept(new PostingEvent.Refused(submit.id(), "another posting is on its way"));
      return;
    }
    waiting = submit;
    waitingTrouble = "";
  }

  private void apply(L1Event event) {
    int newBlocks = chain.apply(event);
    progress.values().forEach(p -> p.blocksSinceSent += newBlocks);
    attendNow = true;
    switch (event) {
      case L1Event.Reorg reorg -> {
        for (BlockRef dropped : reorg.dropped()) {
          takeOut(dropped);
        }
      }
      case L1Event.Finalized(BlockRef block) -> finalise(block);
      case L1Event.NewBlocks ignored -> {}
      case L1Event.Safe ignored -> {}
      case L1Event.Unreachable ignored -> {}
      case L1Event.Reachable ignored -> {}
      case L1Event.TooDeep ignored -> {}
    }
  }

  private void takeOut(BlockRef dropped) {
    for (Posting posting : List.copyOf(postings)) {
      BlockRef in = posting.includedBlock();
      Hash32 tx = posting.includedTx();
      if (posting.state() == Posting.State.INCLUDED
          && in != null
          && tx != null
          && in.hash().equals(dropped.hash())) {
        reopen(posting, tx, in);
      }
    }
  }

  private void reopen(Posting posting, Hash32 tx, BlockRef in) {
    Posting reopened = posting.in(Posting.State.SIGNED);
    Progress p = progressOf(reopened);
    // the very bytes that were in the chain: nodes often still hold them
    p.attemptToSend = Math.max(0, posting.attempts().indexOf(tx));
    p.blocksSinceSent = 0;
    update(reopened);
    listener.accept(new PostingEvent.Reorged(posting.id(), tx, in));
  }

  private void finalise(BlockRef finalized) {
    for (Posting posting : List.copyOf(postings)) {
      BlockRef in = posting.includedBlock();
      Hash32 tx = posting.includedTx();
      if (posting.state() == Posting.State.INCLUDED
          && in != null
          && tx != null
          && in.number() <= finalized.number()
          && stillStands(in)) {
        settle(posting.finalised());
        listener.accept(new PostingEvent.Final(posting.id(), tx, in, posting.success()));
      }
    }
  }

  private boolean stillStands(BlockRef block) {
    try {
      return chain.canonical(block.number(), block.hash(), execution) != null;
    } catch (L1Exception e) {
      return false; // not known now: the next finalized block settles it
    }
  }

  /** Sees to every posting on its way; false when something should be tried again soon. */
  private boolean attend() {
    if (!chain.isKnown()) {
      return true; // the first event of the head tracker starts it
    }
    boolean allWell = true;
    for (Posting posting : List.copyOf(postings)) {
      if (posting.isSettled()) {
        continue;
      }
      try {
        allWell &= attend(posting);
      } catch (L1Exception e) {
        trouble(posting, e.text());
        allWell = false;
      }
    }
    return allWell;
  }

  private boolean attend(Posting posting) throws L1Exception {
    if (posting.state() == Posting.State.INCLUDED) {
      BlockRef in = posting.includedBlock();
      Hash32 tx = posting.includedTx();
      // found moved only after a restart: while running, the reorg event was first
      if (in == null
          || tx == null
          || chain.isAbove(in.number())
          || chain.canonical(in.number(), in.hash(), execution) != null) {
        return true;
      }
      reopen(posting, tx, in);
      attendNow = true;
      return true;
    }
    if (findInclusion(posting)) {
      return true;
    }
    Progress p = progressOf(posting);
    if (posting.state() == Posting.State.SIGNED) {
      return send(posting, p);
    }
    if (p.blocksSinceSent >= options.replaceAfterBlocks()) {
      return replace(posting, p);
    }
    return true;
  }

  private boolean findInclusion(Posting posting) throws L1Exception {
    for (Hash32 tx : posting.attempts().reversed()) {
      L1Receipt receipt = execution.receipt(tx);
      if (receipt == null) {
        continue;
      }
      if (chain.isAbove(receipt.blockNumber())) {
        return true; // in a block that is not told yet: wait for it, sending would be refused
      }
      BlockRef block = chain.canonical(receipt.blockNumber(), receipt.blockHash(), execution);
      if (block != null) {
        update(posting.included(block, tx, receipt.success()));
        progress.remove(posting.sequence());
        listener.accept(new PostingEvent.Included(posting.id(), tx, block, receipt.success()));
        return true;
      }
    }
    return false;
  }

  private boolean send(Posting posting, Progress p) {
    Bytes bytes = journal.signedBytes(posting, p.attemptToSend);
    Hash32 tx = posting.attempts().get(p.attemptToSend);
    return switch (SendOutcome.send(execution, bytes)) {
      case SendOutcome.Taken ignored -> {
        update(posting.in(Posting.State.SENT));
        p.blocksSinceSent = 0;
        p.foreignNonceSightings = 0;
        p.lastTrouble = "";
        listener.accept(new PostingEvent.Sent(posting.id(), tx));
        yield true;
      }
      case SendOutcome.NonceUsed ignored -> {
        nonceUsed(posting, p);
        yield false;
      }
      case SendOutcome.FeesTooLow(String why) -> {
        trouble(posting, why);
        if (p.attemptToSend < posting.attempts().size() - 1) {
          p.attemptToSend = posting.attempts().size() - 1; // a pool has a dearer one: offer that
          yield send(posting, p);
        }
        // the pool wants more at once: no need to wait for blocks to pass it over
        yield p.blocksSinceSent > 0 && replace(posting, p);
      }
      case SendOutcome.NotTaken(String why) -> {
        trouble(posting, why);
        yield false;
      }
    };
  }

  /**
   * No attempt has a receipt, yet its nonce is used: a lagging endpoint, or another transaction.
   */
  private void nonceUsed(Posting posting, Progress p) {
    p.foreignNonceSightings++;
    if (p.foreignNonceSightings < FOREIGN_NONCE_SIGHTINGS) {
      return;
    }
    String why = "nonce " + posting.nonce() + " was used by another transaction";
    settle(posting.in(Posting.State.FAILED));
    listener.accept(new PostingEvent.Failed(posting.id(), why));
  }

  private boolean replace(Posting posting, Progress p) {
    int last = posting.attempts().size() - 1;
    BlobTransaction old = BlobTxSigner.read(journal.signedBytes(posting, last));
    Fees doubled = BlobTxSigner.feesOf(old).doubled();
    if (!options.fees().allows(doubled)) {
      trouble(posting, "not included, and its fees cannot be doubled within their caps");
      p.attemptToSend = last;
      p.blocksSinceSent = 0;
      update(posting.in(Posting.State.SIGNED)); // pools forget: offer the same bytes again
      return false;
    }
    Fees fees;
    try {
      fees = options.fees().capped(doubled.max(options.fees().suggest(execution, true)));
    } catch (L1Exception e) {
      trouble(posting, e.text());
      return false;
    }
    BlobTransaction replacement = signer.withFees(old, fees);
    Hash32 newTx = replacement.transaction().hash();
    Posting replaced = posting.withAttempt(newTx);
    journal.writeSigned(replaced, replacement.encoded());
    remember(replaced);
    p.attemptToSend = last + 1;
    p.blocksSinceSent = 0;
    listener.accept(new PostingEvent.Replaced(posting.id(), old.transaction().hash(), newTx));
    return send(replaced, p);
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
      nonce = nextNonce();
      fees = options.fees().suggest(execution, true);
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
    Hash32 hash = tx.transaction().hash();
    Posting posting = Posting.signed(nextSequence++, submit.id(), nonce, hash);
    journal.writeSigned(posting, tx.encoded());
    waiting = null;
    postings.add(posting);
    listener.accept(new PostingEvent.Signed(submit.id(), hash, nonce));
    return send(posting, progressOf(posting));
  }

  /** The chain's next nonce, or the journal's where an endpoint lags behind our own postings. */
  private long nextNonce() throws L1Exception {
    long nonce = execution.nonce(signer.address(), BlockTag.LATEST);
    for (Posting posting : postings) {
      if (posting.state() == Posting.State.INCLUDED || posting.state() == Posting.State.FINAL) {
        nonce = Math.max(nonce, posting.nonce() + 1);
      }
    }
    return nonce;
  }

  private Progress progressOf(Posting posting) {
    return progress.computeIfAbsent(posting.sequence(), s -> new Progress());
  }

  private void trouble(Posting posting, String why) {
    Progress p = progressOf(posting);
    if (!p.lastTrouble.equals(why)) {
      p.lastTrouble = why;
      listener.accept(new PostingEvent.Stuck(posting.id(), why));
    }
  }

  private void update(Posting posting) {
    journal.write(posting);
    remember(posting);
  }

  private void settle(Posting posting) {
    journal.settle(posting);
    remember(posting);
    progress.remove(posting.sequence());
    if (postings.size() > 2 * INBOX_LIMIT && postings.getFirst().isSettled()) {
      postings.removeFirst();
    }
  }

  private void remember(Posting posting) {
    for (int i = postings.size() - 1; i >= 0; i--) {
      if (postings.get(i).sequence() == posting.sequence()) {
        postings.set(i, posting);
        return;
      }
    }
    throw new IllegalStateException("posting " + posting.sequence() + " is not known");
  }
}
