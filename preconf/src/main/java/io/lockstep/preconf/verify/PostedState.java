// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.preconf.commitment.Held;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.Optional;

/**
 * A piece of the state after a block below a hash that L1 holds. Immutable.
 *
 * @param headers in RLP, from the block of {@link #lastHash} down to the one whose state it is
 */
public record PostedState(Hash32 lastHash, List<Bytes> headers, StateProof proof)
    implements Posted {
  public PostedState {
    headers = List.copyOf(headers);
  }

  @Override
  public Optional<String> difference(Held held) throws DecodeException {
    if (held instanceof HeldPromise promise) {
      List<BlockHeader> chain = Posted.chain(lastHash, headers);
      if (promise.said() instanceof PromiseBody.Inclusion inclusion) {
        return difference(inclusion, chain);
      }
      if (promise.said() instanceof PromiseBody.StateLock lock) {
        return difference(lock, chain);
      }
    }
    throw new DecodeException("a state tells nothing about it");
  }

  private Optional<String> difference(PromiseBody.Inclusion said, List<BlockHeader> chain)
      throws DecodeException {
    BlockHeader header = chain.getLast();
    long tick = TickMark.of(header).tick();
    boolean isLast =
        chain.size() == 1
            ? tick == said.lastTick()
            : tick <= said.lastTick()
                && TickMark.of(chain.get(chain.size() - 2)).tick() > said.lastTick();
    if (!isLast) {
      throw new DecodeException(
          "block %d is not the last until tick %d".formatted(header.number(), said.lastTick()));
    }
    long nonce = proof.nonce(header.stateRoot(), said.sender());
    return Long.compareUnsigned(nonce, said.nonce()) > 0
        ? Optional.empty()
        : Optional.of(
            "after block %d, the last until tick %d, the next nonce of %s is %s"
                .formatted(
                    header.number(), said.lastTick(), said.sender(), Long.toUnsignedString(nonce)));
  }

  private Optional<String> difference(PromiseBody.StateLock said, List<BlockHeader> chain)
      throws DecodeException {
    BlockHeader header = chain.getLast();
    if (header.number() != said.number() - 1 || !hash().equals(said.parentHash())) {
      throw new DecodeException("the headers do not lead to the block below " + said.number());
    }
    UInt256 value = proof.word(header.stateRoot(), said.account(), said.slot());
    return value.equals(said.value())
        ? Optional.empty()
        : Optional.of(
            "below block %d word %s of %s is %s"
                .formatted(said.number(), said.slot(), said.account(), value.toHash()));
  }
}
