// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import java.nio.ByteBuffer;

/**
 * What an L2 header says of its place in the cluster's time (protocol §2.1.2).
 *
 * @param forcedTransactions that derivation inserted after the system transaction
 */
record TickMark(long tick, int forcedTransactions) {
  private static final int VERSION = 2;
  private static final int TICK_AT = 5;
  private static final int FORCED_AT = TICK_AT + Long.BYTES;

  /** Reads a header; a genesis block is of tick 0. */
  static TickMark of(BlockHeader header) throws DecodeException {
    Bytes extra = header.extraData();
    if (header.number() == 0) {
      return new TickMark(0, 0);
    }
    if (extra.size() != FORCED_AT + 1 || extra.get(0) != VERSION || extra.get(TICK_AT) < 0) {
      throw new DecodeException("block " + header.number() + " names no tick");
    }
    long tick = ByteBuffer.wrap(extra.unsafeArray()).getLong(TICK_AT);
    return new TickMark(tick, Byte.toUnsignedInt(extra.get(FORCED_AT)));
  }
}
