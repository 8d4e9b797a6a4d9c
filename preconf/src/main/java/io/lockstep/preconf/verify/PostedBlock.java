// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.Held;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.OrderedRoot;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.Optional;

/**
 * A block below a hash that L1 holds. Immutable.
 *
 * @param headers in RLP, from the block of {@link #lastHash} down to this one
 * @param block this block in RLP
 * @param receipts this block's, in consensus encoding
 */
public record PostedBlock(Hash32 lastHash, List<Bytes> headers, Bytes block, List<Bytes> receipts)
    implements Posted {
  /** A place and what is promised of it. */
  private record Place(long number, long txIdx, Hash32 txHash, Hash32 receiptHash) {}

  public PostedBlock {
    headers = List.copyOf(headers);
    receipts = List.copyOf(receipts);
  }

  @Override
  public Optional<String> difference(Held held) throws DecodeException {
    switch (held) {
      case Commitment commitment -> {
        TxLeaf leaf = commitment.leaf();
        return difference(
            new Place(leaf.number(), leaf.txIdx(), leaf.txHash(), leaf.receiptHash()));
      }
      case HeldPromise promise when promise.said() instanceof PromiseBody.Placed said -> {
        Optional<String> found =
            difference(new Place(said.number(), said.txIdx(), said.txHash(), said.receiptHash()));
        return found.isEmpty() && said instanceof PromiseBody.Top ? notTop(said) : found;
      }
      case HeldPromise _ -> throw new DecodeException("a block tells nothing about it");
    }
  }

  private Optional<String> difference(Place place) throws DecodeException {
    BlockHeader header = Posted.chain(lastHash, headers).getLast();
    if (header.number() != place.number()) {
      throw new DecodeException("the headers do not lead to block " + place.number());
    }
    Block body = body(header, block);
    if (!OrderedRoot.of(receipts).equals(header.receiptsRoot())
        || receipts.size() != body.transactions().size()) {
      throw new DecodeException("receipts that do not lead to the root of block " + hash());
    }
    if (place.txIdx() >= body.transactions().size()) {
      return Optional.of(
          "block " + place.number() + " has " + body.transactions().size() + " transactions");
    }
    int index = (int) place.txIdx();
    Hash32 posted = body.transactions().get(index).hash();
    if (!posted.equals(place.txHash())) {
      return Optional.of("at index " + index + " of block " + place.number() + " stands " + posted);
    }
    Hash32 receiptHash = Keccak.hash(receipts.get(index));
    return receiptHash.equals(place.receiptHash())
        ? Optional.empty()
        : Optional.of("the receipt is another one, " + receiptHash);
  }

  /** The system transaction stands first, then what derivation inserts (protocol §4.3). */
  private Optional<String> notTop(PromiseBody.Placed said) throws DecodeException {
    int first = 1 + TickMark.of(Posted.chain(lastHash, headers).getLast()).forcedTransactions();
    return said.txIdx() == first
        ? Optional.empty()
        : Optional.of(
            "index %d is not the top of block %d, %d is"
                .formatted(said.txIdx(), said.number(), first));
  }

  /** Reads a block whose transactions must be those of the header. */
  static Block body(BlockHeader header, Bytes block) throws DecodeException {
    Block body = Block.decode(block);
    Hash32 root = OrderedRoot.of(body.transactions().stream().map(tx -> tx.encoded()).toList());
    if (!root.equals(header.transactionsRoot())) {
      throw new DecodeException(
          "transactions that do not lead to the root of block " + header.number());
    }
    return body;
  }
}
