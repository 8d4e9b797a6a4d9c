// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.preconf.commitment.Held;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What stands below a hash that L1 holds, in the bytes that lead to it: {@link PostedHeaders} by
 * themselves, or with a block, or with a state. Immutable.
 */
public sealed interface Posted permits PostedHeaders, PostedBlock, PostedState {
  /** The hash that a batch declares. */
  Hash32 lastHash();

  /** In RLP, from that block down to the one in question. */
  List<Bytes> headers();

  /**
   * In what this differs from what was promised; empty when in nothing.
   *
   * @throws DecodeException when these bytes do not belong together, or tell nothing about it
   */
  Optional<String> difference(Held held) throws DecodeException;

  /** Hash of the block in question. */
  default Hash32 hash() {
    return headers().size() == 1 ? lastHash() : Keccak.hash(headers().getLast());
  }

  /** Reads headers, each of which must be the one before's parent, and the first {@code last}. */
  static List<BlockHeader> chain(Hash32 last, List<Bytes> headers) throws DecodeException {
    List<BlockHeader> out = new ArrayList<>();
    Hash32 hash = last;
    for (Bytes raw : headers) {
      BlockHeader header = readHeader(raw, hash);
      out.add(header);
      hash = header.parentHash();
    }
    if (out.isEmpty()) {
      throw new DecodeException("no headers");
    }
    return out;
  }

  /** Reads a header that must have this hash. */
  static BlockHeader readHeader(Bytes raw, Hash32 hash) throws DecodeException {
    Hash32 found = Keccak.hash(raw);
    if (!found.equals(hash)) {
      throw new DecodeException("header " + found + " for " + hash);
    }
    return BlockHeader.decode(raw);
  }

  /** The block that settles it, by its number; an inclusion names none. */
  static Optional<Long> number(HeldPromise promise) {
    return switch (promise.said()) {
      case PromiseBody.Placed placed -> Optional.of(placed.number());
      case PromiseBody.StateLock lock -> Optional.of(lock.number());
      case PromiseBody.Inclusion _ -> Optional.empty();
    };
  }
}
