// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.types.Bytes;
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
    String lastTrouble = "";
  }

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

  boolean hasOpen() {
    return postings.stream().anyMatch(Posting::isOpen);
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
      if (posting.state() == Posting.State.INCLUDED || posting.state() == Posting.State.FINAL) {
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

  /** Journals a first signed transaction (fsync) and takes the posting up. */
  Posting addSigned(PostingId id, long nonce, SignedTx tx) {
    Posting posting = Posting.signed(nextSequence, id, nonce, tx.hash());
    journal.writeSigned(posting, tx.networkForm());
    nextSequence++;
    postings.add(posting);
    return posting;
  }

  /** Journals a further signed transaction of {@code posting} (fsync). */
  Posting addAttempt(Posting posting, SignedTx tx) {
    Posting replaced = posting.withAttempt(tx.hash());
    journal.writeSigned(replaced, tx.networkForm());
    remember(replaced);
    return replaced;
  }

  Bytes signedBytes(Posting posting, int attempt) {
    return journal.signedBytes(posting, attempt);
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
