// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The journal's record of one posting. All its attempts have one nonce and one content; at most one
 * of them can ever be in the chain.
 *
 * @param sequence rises with each posting of this poster
 * @param nonce of no meaning before it is signed
 * @param dueSeconds Unix time of the last L1 block it is of use in; 0 when it has no such time
 * @param transactions that it carries, for its cost by the transaction
 * @param attempts hashes of the signed transactions, the latest last; empty before it is signed
 * @param includedBlock where it stands, null unless INCLUDED, SAFE or FINAL
 * @param includedTx which attempt stands there
 */
record Posting(
    long sequence,
    PostingId id,
    long nonce,
    long dueSeconds,
    int transactions,
    State state,
    List<Hash32> attempts,
    @Nullable BlockRef includedBlock,
    @Nullable Hash32 includedTx,
    boolean success) {

  /** Where a posting is; the codes are those of the journal. */
  enum State {
    /** Durable, perhaps not sent. */
    SIGNED(1),
    /** A node took it. */
    SENT(2),
    INCLUDED(3),
    FINAL(4),
    /** The nonce went to another transaction, or it could not be made. */
    FAILED(5),
    /** Given up by the caller, yet what was signed may be included. */
    ABANDONED(6),
    /** Its content is kept. */
    SEALED(7),
    /** Commitments and proofs are kept. */
    ENCODED(8),
    /** In a block that is safe. */
    SAFE(9);

    private final int code;

    State(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static @Nullable State ofCode(long code) {
      for (State state : values()) {
        if (state.code == code) {
          return state;
        }
      }
      return null;
    }
  }

  Posting {
    attempts = List.copyOf(attempts);
    boolean unsigned = state == State.SEALED || state == State.ENCODED || state == State.FAILED;
    if (attempts.isEmpty() && !unsigned) {
      throw new IllegalArgumentException("a posting is " + state + " without a transaction");
    }
  }

  static Posting sealed(long sequence, PostingRequest request) {
    return new Posting(
        sequence,
        request.id(),
        0,
        request.dueSeconds(),
        request.transactions(),
        State.SEALED,
        List.of(),
        null,
        null,
        false);
  }

  Hash32 latestTx() {
    return attempts.getLast();
  }

  /** Whether it is to be signed yet. */
  boolean isUnsigned() {
    return state == State.SEALED || state == State.ENCODED;
  }

  /** Whether it may still need to be sent. */
  boolean isOpen() {
    return state == State.SIGNED || state == State.SENT;
  }

  /** Whether it stands in a block that is not final. */
  boolean isIncluded() {
    return state == State.INCLUDED || state == State.SAFE;
  }

  /** Whether its fate is settled for ever. */
  boolean isSettled() {
    return state == State.FINAL || state == State.FAILED;
  }

  /** Whether it has posted nothing for sure: its nonce went elsewhere, or it reverted. */
  boolean isInVain() {
    return state == State.FAILED || (!success && (isIncluded() || state == State.FINAL));
  }

  private Posting with(
      long itsNonce,
      State newState,
      List<Hash32> all,
      @Nullable BlockRef block,
      @Nullable Hash32 tx,
      boolean succeeded) {
    return new Posting(
        sequence, id, itsNonce, dueSeconds, transactions, newState, all, block, tx, succeeded);
  }

  Posting in(State newState) {
    return with(nonce, newState, attempts, null, null, false);
  }

  Posting signed(long itsNonce, Hash32 txHash) {
    return with(itsNonce, State.SIGNED, List.of(txHash), null, null, false);
  }

  Posting withAttempt(Hash32 txHash) {
    List<Hash32> all = new ArrayList<>(attempts);
    all.add(txHash);
    return with(nonce, State.SIGNED, all, null, null, false);
  }

  Posting included(BlockRef block, Hash32 txHash, boolean succeeded) {
    return with(nonce, State.INCLUDED, attempts, block, txHash, succeeded);
  }

  Posting safe() {
    return with(nonce, State.SAFE, attempts, includedBlock, includedTx, success);
  }

  Posting finalised() {
    return with(nonce, State.FINAL, attempts, includedBlock, includedTx, success);
  }
}
