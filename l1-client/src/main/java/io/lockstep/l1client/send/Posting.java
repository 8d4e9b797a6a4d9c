// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The journal's record of one posting. All its attempts have one nonce and one content; at most one
 * of them can ever be in the chain.
 *
 * @param sequence rises with each posting of this poster
 * @param attempts hashes of the signed transactions, the latest last; never empty
 * @param includedBlock where it stands, null unless INCLUDED or FINAL
 * @param includedTx which attempt stands there
 */
record Posting(
    long sequence,
    PostingId id,
    long nonce,
    State state,
    List<Hash32> attempts,
    @Nullable BlockRef includedBlock,
    @Nullable Hash32 includedTx,
    boolean success) {
  private static final int VERSION = 1;
  private static final int MAX_ATTEMPTS = 256;

  /** Where a posting is; the codes are those of the journal. */
  enum State {
    /** Durable, perhaps not sent. */
    SIGNED(1),
    /** A node took it. */
    SENT(2),
    INCLUDED(3),
    FINAL(4),
    /** The nonce went to another transaction. */
    FAILED(5),
    /** Given up by the caller, yet what was signed may be included. */
    ABANDONED(6);

    private final int code;

    State(int code) {
      this.code = code;
    }

    static State ofCode(long code) throws DecodeException {
      for (State state : values()) {
        if (state.code == code) {
          return state;
        }
      }
      throw new DecodeException("posting state " + code);
    }
  }

  Posting {
    attempts = List.copyOf(attempts);
    if (attempts.isEmpty()) {
      throw new IllegalArgumentException("a posting has at least one signed transaction");
    }
  }

  static Posting signed(long sequence, PostingId id, long nonce, Hash32 txHash) {
    return new Posting(sequence, id, nonce, State.SIGNED, List.of(txHash), null, null, false);
  }

  Hash32 latestTx() {
    return attempts.getLast();
  }

  /** Whether it may still need to be sent. */
  boolean isOpen() {
    return state == State.SIGNED || state == State.SENT;
  }

  /** Whether its fate is settled for ever. */
  boolean isSettled() {
    return state == State.FINAL || state == State.FAILED;
  }

  /** Whether it has posted nothing for sure: its nonce went elsewhere, or it reverted. */
  boolean isInVain() {
    return state == State.FAILED || (!success && (state == State.INCLUDED || state == State.FINAL));
  }

  Posting in(State newState) {
    return new Posting(sequence, id, nonce, newState, attempts, null, null, false);
  }

  Posting withAttempt(Hash32 txHash) {
    List<Hash32> all = new ArrayList<>(attempts);
    all.add(txHash);
    return new Posting(sequence, id, nonce, State.SIGNED, all, null, null, false);
  }

  Posting included(BlockRef block, Hash32 txHash, boolean succeeded) {
    return new Posting(sequence, id, nonce, State.INCLUDED, attempts, block, txHash, succeeded);
  }

  Posting finalised() {
    return new Posting(
        sequence, id, nonce, State.FINAL, attempts, includedBlock, includedTx, success);
  }

  byte[] encoded() {
    RlpWriter out =
        new RlpWriter(512)
            .startList()
            .integer(VERSION)
            .integer(sequence)
            .hash(id.value())
            .integer(nonce)
            .integer(state.code)
            .startList();
    attempts.forEach(out::hash);
    out.endList().startList();
    if (includedBlock != null && includedTx != null) {
      out.integer(includedBlock.number())
          .hash(includedBlock.hash())
          .hash(includedBlock.parentHash())
          .integer(includedBlock.timestampSeconds())
          .hash(includedTx)
          .integer(success ? 1 : 0);
    }
    return out.endList().endList().toArray();
  }

  static Posting decode(byte[] encoded) throws DecodeException {
    RlpReader whole = RlpReader.over(Bytes.wrap(encoded));
    RlpReader in = whole.list();
    whole.end();
    long version = in.integer();
    if (version != VERSION) {
      throw new DecodeException("posting record of version " + version);
    }
    long sequence = in.integer();
    PostingId id = new PostingId(in.hash());
    long nonce = in.integer();
    State state = State.ofCode(in.integer());
    List<Hash32> attempts = new ArrayList<>();
    RlpReader list = in.list();
    while (list.hasNext() && attempts.size() < MAX_ATTEMPTS) {
      attempts.add(list.hash());
    }
    list.end();
    if (attempts.isEmpty()) {
      throw new DecodeException("posting record without a transaction");
    }
    BlockRef block = null;
    Hash32 tx = null;
    boolean success = false;
    RlpReader inclusion = in.list();
    if (inclusion.hasNext()) {
      block =
          new BlockRef(
              inclusion.integer(), inclusion.hash(), inclusion.hash(), inclusion.integer());
      tx = inclusion.hash();
      success = inclusion.integer() == 1;
    }
    inclusion.end();
    in.end();
    return new Posting(sequence, id, nonce, state, attempts, block, tx, success);
  }
}
