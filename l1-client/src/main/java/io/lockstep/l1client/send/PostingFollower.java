// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.execution.L1Receipt;
import io.lockstep.l1client.fee.Fees;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.primitives.crypto.SignerException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.function.Consumer;

/**
 * Sees signed postings through: sends them, finds them in blocks, replaces them when blocks pass
 * them over, sends them again after a reorg, settles them at finality. Owned by the sender's
 * thread.
 */
final class PostingFollower {
  /** Times in a row that a nonce must be found used by another before that is believed. */
  private static final int FOREIGN_NONCE_SIGHTINGS = 3;

  private final ExecutionClient execution;
  private final InclusionPath path;
  private final BlobTxSigner signer;
  private final WrapperChoice wrapper;
  private final Pricer pricer;
  private final PostingBook book;
  private final BlobTxSender.Options options;
  private final Consumer<PostingEvent> listener;
  private final CanonicalChain chain = new CanonicalChain();

  PostingFollower(
      BlobTxSender.Setup setup,
      BlobTxSigner signer,
      WrapperChoice wrapper,
      Pricer pricer,
      PostingBook book,
      BlobTxSender.Options options,
      Consumer<PostingEvent> listener) {
    this.execution = setup.execution();
    this.path = setup.path();
    this.signer = signer;
    this.wrapper = wrapper;
    this.pricer = pricer;
    this.book = book;
    this.options = options;
    this.listener = listener;
  }

  /** Takes what happened to the chain; {@link #attend} should follow. */
  void apply(L1Event event) {
    book.blocksPassed(chain.apply(event));
    switch (event) {
      case L1Event.Reorg reorg -> {
        for (BlockRef dropped : reorg.dropped()) {
          takeOut(dropped);
        }
      }
      case L1Event.Finalized(BlockRef block) -> finalise(block);
      case L1Event.Safe(BlockRef block) -> secure(block);
      case L1Event.NewBlocks ignored -> {}
      case L1Event.Unreachable ignored -> {}
      case L1Event.Reachable ignored -> {}
      case L1Event.TooDeep ignored -> {}
    }
  }

  private void takeOut(BlockRef dropped) {
    for (Posting posting : book.all()) {
      BlockRef in = posting.includedBlock();
      Hash32 tx = posting.includedTx();
      if (posting.isIncluded() && in != null && tx != null && in.hash().equals(dropped.hash())) {
        reopen(posting, tx, in);
      }
    }
  }

  private void reopen(Posting posting, Hash32 tx, BlockRef in) {
    Posting reopened = posting.in(Posting.State.SIGNED);
    PostingBook.Progress p = book.progressOf(reopened);
    // the very bytes that were in the chain: nodes often still hold them
    p.attemptToSend = Math.max(0, posting.attempts().indexOf(tx));
    p.blocksSinceSent = 0;
    p.offered = null;
    book.update(reopened);
    listener.accept(new PostingEvent.Reorged(posting.id(), tx, in));
  }

  private void secure(BlockRef safe) {
    for (Posting posting : book.all()) {
      BlockRef in = posting.includedBlock();
      Hash32 tx = posting.includedTx();
      if (posting.state() == Posting.State.INCLUDED
          && in != null
          && tx != null
          && in.number() <= safe.number()
          && stillStands(in)) {
        book.update(posting.safe());
        listener.accept(new PostingEvent.Safe(posting.id(), tx, in));
      }
    }
  }

  private void finalise(BlockRef finalized) {
    for (Posting posting : book.all()) {
      BlockRef in = posting.includedBlock();
      Hash32 tx = posting.includedTx();
      if (posting.isIncluded()
          && in != null
          && tx != null
          && in.number() <= finalized.number()
          && stillStands(in)) {
        book.settle(posting.finalised());
        listener.accept(new PostingEvent.Final(posting.id(), tx, in, posting.success()));
        failAbandonedUpTo(posting.nonce());
      }
    }
  }

  /** Nonces up to {@code nonce} are used for good: what was given up there never comes. */
  private void failAbandonedUpTo(long nonce) {
    for (Posting posting : book.all()) {
      if (posting.state() == Posting.State.ABANDONED && posting.nonce() <= nonce) {
        book.settle(posting.in(Posting.State.FAILED));
        listener.accept(new PostingEvent.Failed(posting.id(), "given up, its nonce was used"));
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
  boolean attend() {
    if (!chain.isKnown()) {
      return true; // the first event of the head tracker starts it
    }
    boolean allWell = true;
    for (Posting posting : book.all()) {
      if (posting.isSettled() || posting.isUnsigned()) {
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
    if (posting.isIncluded()) {
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
      return attend(posting.in(Posting.State.SIGNED));
    }
    if (findInclusion(posting)) {
      return true;
    }
    if (posting.state() == Posting.State.ABANDONED) {
      return true;
    }
    PostingBook.Progress p = book.progressOf(posting);
    p.rewrapped = false;
    if (posting.state() == Posting.State.SIGNED) {
      return send(posting, p);
    }
    // behind an open one of a lower nonce it could not be included at any price
    if (!book.hasOpenBelow(posting)
        && (p.blocksSinceSent >= options.replaceAfterBlocks() || isOutbid(posting, p))) {
      return replace(posting, p);
    }
    if (path.isPerBlock() && p.sentForBlock != chain.nextNumber()) {
      return send(posting, p);
    }
    return true;
  }

  /** Whether the fees have moved so far that no block can take it any more. */
  private boolean isOutbid(Posting posting, PostingBook.Progress p) throws L1Exception {
    L1Block newest = chain.newest();
    if (p.blocksSinceSent == 0 || newest == null) {
      return false;
    }
    PostingBook.Offer offer = p.offered;
    if (offer == null) {
      Transaction tx = BlobTxSigner.read(book.signedBytes(posting, p.attemptToSend));
      offer = new PostingBook.Offer(BlobTxSigner.feesOf(tx), BlobTxSigner.needOf(tx));
      p.offered = offer;
    }
    return !pricer.covers(offer.fees(), offer.need(), newest);
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
        book.update(posting.included(block, tx, receipt.success()));
        book.forgetProgress(posting);
        listener.accept(
            new PostingEvent.Included(
                posting.id(),
                tx,
                block,
                receipt.success(),
                PostingCost.of(receipt, posting.transactions())));
        return true;
      }
    }
    return false;
  }

  /** Sends a posting that was just signed; false when it should be tried again soon. */
  boolean send(Posting posting) {
    return send(posting, book.progressOf(posting));
  }

  private boolean send(Posting posting, PostingBook.Progress p) {
    Bytes bytes = book.signedBytes(posting, p.attemptToSend);
    Hash32 tx = posting.attempts().get(p.attemptToSend);
    boolean again = posting.state() == Posting.State.SENT;
    p.sentForBlock = chain.nextNumber();
    return switch (path.send(bytes, chain.nextNumber())) {
      case SendOutcome.Taken ignored when again -> true; // for one block more
      case SendOutcome.Taken ignored -> {
        book.update(posting.in(Posting.State.SENT));
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
        yield p.blocksSinceSent > 0 && !book.hasOpenBelow(posting) && replace(posting, p);
      }
      case SendOutcome.WrongForm(String why) -> {
        trouble(posting, why);
        yield rewrap(posting, p, bytes);
      }
      case SendOutcome.NotTaken(String why) -> {
        trouble(posting, why);
        yield false;
      }
    };
  }

  /** The same transaction in the form that this L1 takes, if there is another one. */
  private boolean rewrap(Posting posting, PostingBook.Progress p, Bytes refused) {
    int version = BlobTxSigner.wrapperVersion(refused);
    int other;
    try {
      other = wrapper.afterRefusalOf(version);
    } catch (L1Exception e) {
      trouble(posting, e.text());
      return false;
    }
    if (other == version || p.rewrapped) {
      return false;
    }
    p.rewrapped = true;
    SignedTx tx = signer.wrap(BlobTxSigner.read(refused), book.sidecar(posting), other);
    book.rewrap(posting, p.attemptToSend, tx.networkForm());
    return send(posting, p);
  }

  /**
   * No attempt has a receipt, yet its nonce is used: a lagging endpoint, or another transaction.
   */
  private void nonceUsed(Posting posting, PostingBook.Progress p) {
    p.foreignNonceSightings++;
    if (p.foreignNonceSightings < FOREIGN_NONCE_SIGHTINGS) {
      return;
    }
    String why = "nonce " + posting.nonce() + " was used by another transaction";
    book.settle(posting.in(Posting.State.FAILED));
    listener.accept(new PostingEvent.Failed(posting.id(), why));
  }

  private boolean replace(Posting posting, PostingBook.Progress p) {
    int last = posting.attempts().size() - 1;
    Bytes bytes = book.signedBytes(posting, last);
    Transaction old = BlobTxSigner.read(bytes);
    Fees fees;
    try {
      fees =
          pricer.replacement(
              BlobTxSigner.feesOf(old), BlobTxSigner.needOf(old), posting.dueSeconds());
    } catch (L1Exception e) {
      trouble(posting, e.text());
      return false;
    }
    if (fees == null) {
      trouble(posting, "not included, and its fees cannot be doubled within caps and budget");
      p.attemptToSend = last;
      p.blocksSinceSent = 0;
      p.offered = null;
      book.update(posting.in(Posting.State.SIGNED)); // pools forget: offer the same bytes again
      return false;
    }
    Transaction dearer;
    try {
      dearer = signer.withFees(old, fees);
    } catch (SignerException e) {
      trouble(posting, "the replacement is not signed: " + e.text());
      return false;
    }
    SignedTx replacement =
        signer.wrap(dearer, book.sidecar(posting), BlobTxSigner.wrapperVersion(bytes));
    Posting replaced = book.addAttempt(posting, replacement);
    p.attemptToSend = last + 1;
    p.blocksSinceSent = 0;
    p.offered = null;
    listener.accept(new PostingEvent.Replaced(posting.id(), old.hash(), replaced.latestTx(), fees));
    return send(replaced, p);
  }

  private void trouble(Posting posting, String why) {
    PostingBook.Progress p = book.progressOf(posting);
    if (!p.lastTrouble.equals(why)) {
      p.lastTrouble = why;
      listener.accept(new PostingEvent.Stuck(posting.id(), why));
    }
  }
}
