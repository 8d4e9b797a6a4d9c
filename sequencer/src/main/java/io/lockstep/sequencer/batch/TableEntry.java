// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.types.Hash32;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * One line of a batch's header table: the block that a rollup has in a tick. Any thread. Source:
 * protocol section 2.4.
 *
 * @param rollupId the rollup's chain id
 * @param number the block's number in its rollup
 */
public record TableEntry(long tick, long rollupId, long number, Hash32 blockHash) {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  public TableEntry {
    if ((tick | rollupId | number) < 0) {
      throw new IllegalArgumentException(
          "tick, rollup and number are below 2^63, got " + tick + ", " + rollupId + ", " + number);
    }
  }

  /** The four ABI words that are a leaf of {@code headersRoot}. */
  public byte[] leaf() {
    byte[] words = new byte[128];
    LONG.set(words, 24, tick);
    LONG.set(words, 56, rollupId);
    LONG.set(words, 88, number);
    blockHash.write(words, 96);
    return words;
  }
}
