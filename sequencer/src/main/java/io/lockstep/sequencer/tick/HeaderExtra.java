// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import java.nio.ByteBuffer;

/** The extra data of an L2 header: version, operator id, tick (protocol §2.1). */
public record HeaderExtra(int operatorId, long tick) {
  private static final byte VERSION = 1;
  private static final int LENGTH_BYTES = 13;

  public Bytes encoded() {
    return Bytes.wrap(
        ByteBuffer.allocate(LENGTH_BYTES).put(VERSION).putInt(operatorId).putLong(tick).array());
  }

  /** What a header says; operator 0 and tick 0 for a genesis block. */
  public static HeaderExtra of(BlockHeader header) {
    Bytes extra = header.extraData();
    if (header.number() == 0 || extra.size() != LENGTH_BYTES || extra.get(0) != VERSION) {
      return new HeaderExtra(0, 0);
    }
    ByteBuffer in = ByteBuffer.wrap(extra.unsafeArray(), 1, LENGTH_BYTES - 1);
    return new HeaderExtra(in.getInt(), in.getLong());
  }
}
