// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Walks down a source's headers from a hash that L1 holds. One thread. */
final class Descent {
  private final BlockSource blocks;
  private final Hash32 last;
  private final List<Bytes> headers = new ArrayList<>();
  private Hash32 hash;
  private BlockHeader header;

  private Descent(BlockSource blocks, Hash32 last, Bytes newest) throws DecodeException {
    this.blocks = blocks;
    this.last = last;
    this.hash = last;
    this.header = Posted.readHeader(newest, last);
    headers.add(newest);
  }

  /**
   * At a batch's last block.
   *
   * @return empty when the source does not know it
   * @throws DecodeException when it shows something else, as everywhere here
   */
  static Optional<Descent> from(BlockSource blocks, Hash32 last)
      throws IOException, DecodeException {
    Optional<Bytes> newest = blocks.header(last);
    return newest.isEmpty()
        ? Optional.empty()
        : Optional.of(new Descent(blocks, last, newest.get()));
  }

  Hash32 last() {
    return last;
  }

  /** From the batch's last block down to where this stands. */
  List<Bytes> headers() {
    return headers;
  }

  /** The block where this stands. */
  BlockHeader header() {
    return header;
  }

  Hash32 hash() {
    return hash;
  }

  long tick() throws DecodeException {
    return TickMark.of(header).tick();
  }

  /**
   * To the parent.
   *
   * @throws IOException also when the source, which knows the batch's last block, lacks it
   */
  void down() throws IOException, DecodeException {
    Hash32 parent = header.parentHash();
    Optional<Bytes> raw = blocks.header(parent);
    if (raw.isEmpty() || headers.size() == PreconfVerifier.MAX_HEADERS) {
      throw new IOException("the node lacks block " + parent);
    }
    header = Posted.readHeader(raw.get(), parent);
    hash = parent;
    headers.add(raw.get());
  }

  void downTo(long number) throws IOException, DecodeException {
    while (header.number() > number) {
      down();
    }
  }

  /** The whole block where this stands. */
  PostedBlock block() throws IOException, DecodeException {
    Optional<Bytes> block = blocks.block(hash);
    Optional<List<Bytes>> receipts = blocks.receipts(hash);
    if (block.isEmpty() || receipts.isEmpty()) {
      throw new IOException("the node has the header but not the block " + hash);
    }
    return new PostedBlock(last, headers, block.get(), receipts.get());
  }
}
