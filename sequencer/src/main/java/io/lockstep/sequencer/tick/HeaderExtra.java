// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import java.nio.ByteBuffer;

/**
 * The extra data of an L2 header (protocol §2.1): version, operator id, tick, how many forced
 * transactions stand in the block. The EVM does not see it, so the last is set when it is known.
 */
public record HeaderExtra(int operatorId, long tick, int forcedTransactions) {
  private static final byte VERSION = 2;
  private static final int LENGTH_BYTES = 14;

  public Bytes encoded() {
    return Bytes.wrap(
        ByteBuffer.allocate(LENGTH_BYTES)
            .put(VERSION)
            .putInt(operatorId)
            .putLong(tick)
            .put((byte) forcedTransactions)
            .array());
  }

  /** What a header says; all zero for a genesis block. */
  public static HeaderExtra of(BlockHeader header) {
    Bytes extra = header.extraData();
    if (header.number() == 0 || extra.size() != LENGTH_BYTES || extra.get(0) != VERSION) {
      return new HeaderExtra(0, 0, 0);
    }
    ByteBuffer in = ByteBuffer.wrap(extra.unsafeArray(), 1, LENGTH_BYTES - 1);
    return new HeaderExtra(in.getInt(), in.getLong(), Byte.toUnsignedInt(in.get()));
  }
}
