// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.preconf.commitment.Held;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.Optional;

/**
 * Headers below a hash that L1 holds. They show that a block came after its deadline, or that a
 * locked state is not the one below the block. Immutable.
 */
public record PostedHeaders(Hash32 lastHash, List<Bytes> headers) implements Posted {
  public PostedHeaders {
    headers = List.copyOf(headers);
  }

  @Override
  public Optional<String> difference(Held held) throws DecodeException {
    Optional<Long> number =
        held instanceof HeldPromise promise ? Posted.number(promise) : Optional.empty();
    if (!(held instanceof HeldPromise promise) || number.isEmpty()) {
      throw new DecodeException("headers tell nothing about it");
    }
    BlockHeader lowest = Posted.chain(lastHash, headers).getLast();
    long deadline = promise.signed().object().deadlineTick();
    long tick = TickMark.of(lowest).tick();
    if (lowest.number() > number.get() || (lowest.number() < number.get() && headers.size() > 1)) {
      throw new DecodeException("the headers do not lead to block " + number.get());
    }
    if (lowest.number() < number.get()) {
      return tick < deadline
          ? Optional.empty()
          : Optional.of(
              "block %d is of tick %d, so that block %d comes after tick %d"
                  .formatted(lowest.number(), tick, number.get(), deadline));
    }
    if (tick > deadline) {
      return Optional.of(
          "block %d is of tick %d, after tick %d".formatted(number.get(), tick, deadline));
    }
    return promise.said() instanceof PromiseBody.StateLock lock
            && !lowest.parentHash().equals(lock.parentHash())
        ? Optional.of("block %d stands on %s".formatted(number.get(), lowest.parentHash()))
        : Optional.empty();
  }
}
