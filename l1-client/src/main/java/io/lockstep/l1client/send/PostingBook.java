// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.fee.Fees;
import io.lockstep.l1client.fee.GasNeed;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All postings of one poster that matter still, in memory and in the journal at once: nothing is
 * changed in one without the other. Owned by the sender's thread.
 */
final class PostingBook {
  /** What is known of an open posting beyond its record; lost and not missed at a restart. */
  static final class Progress {
    int attemptToSend;
    int blocksSinceSent;
    int foreignNonceSightings;

    /** The L1 block that it was last handed over for. */
    long sentForBlock;

    /** Whether its form was changed since it was last looked after. */
    boolean rewrapped;

    /** What the attempt to send offers, once somebody has looked. */
    @Nullable Offer offered;

    String lastTrouble = "";
  }

  /** Fees, and for what gas. */
  record Offer(Fees fees, GasNeed need) {}

  /** Settled postings beyond these are forgotten; until then their ids are not posted again. */
  private static final int POSTINGS_KEPT = 256;

  private final PostingJournal journal;
  private final List<Posting> postings;
  private final Map<Long, Progress> progress = new HashMap<>();
  private long nextSequence;

  PostingBook(PostingJournal journal) {
    this.journal = journal;
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

  /** A copy by rising sequence, safe to change postings under. */
  List<Posting> all() {
    return List.copyOf(postings);
  }

  /** Whether a posting is not in the chain yet and may still come there. */
  boolean hasUnderWay() {
    return postings.stream().anyMatch(p -> p.isUnsigned() || p.isOpen());
  }

  /** The posting that is to be signed, or null. */
  @Nullable Posting unsigned() {
    return postings.stream().filter(Posting::isUnsigned).findFirst().orElse(null);
  }

  /** Whether a posting of a lower nonce is not in the chain yet. */
  boolean hasOpenBelow(Posting posting) {
    return postings.stream().anyMatch(p -> p.isOpen() && p.nonce() < posting.nonce());
  }

  /** The posting of this id that posted or still may, or null. */
  @Nullable Posting live(PostingId id) {
    for (Posting posting : postings) {
      if (posting.id().equals(id) && !posting.isInVain()) {
        return posting;
      }
    }
    return null;
  }

  /** The latest abandoned posting of this nonce, or null: the pools may still hold it. */
  @Nullable Posting abandonedAt(long nonce) {
    for (Posting posting : postings.reversed()) {
      if (posting.nonce() == nonce && posting.state() == Posting.State.ABANDONED) {
        return posting;
      }
    }
    return null;
  }

  /** The first nonce above all of our own postings that are in the chain. */
  long nonceAboveIncluded() {
    long nonce = 0;
    for (Posting posting : postings) {
      if (posting.isIncluded() || posting.state() == Posting.State.FINAL) {
        nonce = Math.max(nonce, posting.nonce() + 1);
      }
    }
    return nonce;
  }

  Progress progressOf(Posting posting) {
    return progress.computeIfAbsent(posting.sequence(), s -> new Progress());
  }

  void blocksPassed(int count) {
    progress.values().forEach(p -> p.blocksSinceSent += count);
  }

  /** Journals what is to be posted and takes the posting up. */
  Posting addSealed(PostingRequest request) {
    Posting posting = Posting.sealed(nextSequence, request);
    journal.writeSealed(
        posting, new PostingCodec.Content(request.to(), request.callData(), request.blobs()));
    nextSequence++;
    postings.add(posting);
    return posting;
  }

  /** Journals the proofs. */
  Posting encoded(Posting posting, BlobSidecar sidecar) {
    Posting encoded = posting.in(Posting.State.ENCODED);
    journal.writeEncoded(encoded, sidecar);
    remember(encoded);
    return encoded;
  }

  /** Journals the first signed transaction of {@code posting}. */
  Posting signed(Posting posting, long nonce, SignedTx tx) {
    Posting signed = posting.signed(nonce, tx.hash());
    journal.writeSigned(signed, tx.networkForm());
    remember(signed);
    return signed;
  }

  /** Journals a further signed transaction of {@code posting}. */
  Posting addAttempt(Posting posting, SignedTx tx) {
    Posting replaced = posting.withAttempt(tx.hash());
    journal.writeSigned(replaced, tx.networkForm());
    remember(replaced);
    return replaced;
  }

  /** Journals another form of a transaction that is signed already. */
  void rewrap(Posting posting, int attempt, Bytes networkForm) {
    journal.rewrite(posting, attempt, networkForm);
  }

  Bytes signedBytes(Posting posting, int attempt) {
    return journal.signedBytes(posting, attempt);
  }

  PostingCodec.Content content(Posting posting) {
    PostingCodec.Content content = journal.content(posting);
    if (content == null) {
      throw new StorageException(
          "the posting journal lacks the content of posting " + posting.sequence());
    }
    return content;
  }

  BlobSidecar sidecar(Posting posting) {
    BlobSidecar kept = journal.sidecar(posting);
    if (kept != null) {
      return kept;
    }
    try {
      BlobTransaction signed =
          BlobTransaction.decode(signedBytes(posting, posting.attempts().size() - 1));
      return new BlobSidecar(
          signed.blobs(),
          signed.commitments(),
          signed.cellProofs(),
          signed.transaction().blobVersionedHashes());
    } catch (DecodeException e) {
      throw new StorageException("signed bytes of the posting journal are damaged", e);
    }
  }

  void update(Posting posting) {
    journal.write(posting);
    remember(posting);
  }

  /** Records the end of a posting and forgets the oldest settled ones. */
  void settle(Posting posting) {
    remember(posting);
    List<Posting> forgotten = new ArrayList<>();
    while (postings.size() > POSTINGS_KEPT && postings.getFirst().isSettled()) {
      forgotten.add(postings.removeFirst());
    }
    journal.settle(posting, forgotten);
    progress.remove(posting.sequence());
  }

  void forgetProgress(Posting posting) {
    progress.remove(posting.sequence());
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
