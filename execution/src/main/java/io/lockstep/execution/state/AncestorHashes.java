// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The hashes of the 256 blocks before a block that is built or executed on {@code parent}, for the
 * BLOCKHASH opcode; zero outside. Found by walking up from the parent, so they stay those of its
 * branch whatever becomes canonical. Any thread.
 */
final class AncestorHashes implements LongFunction<Hash32> {
  private static final int REACH_BLOCKS = 256;

  private final Function<Hash32, @Nullable BlockHeader> headers;
  private final long parentNumber;
  // The hash of block parentNumber - i, as far as walked.
  private final Hash32[] walked = new Hash32[REACH_BLOCKS];
  private int count;

  AncestorHashes(
      Function<Hash32, @Nullable BlockHeader> headers, long parentNumber, Hash32 parentHash) {
    this.headers = headers;
    this.parentNumber = parentNumber;
    walked[0] = parentHash;
    count = 1;
  }

  @Override
  public synchronized Hash32 apply(long number) {
    if (number < 0 || number > parentNumber || parentNumber - number >= REACH_BLOCKS) {
      return Hash32.ZERO;
    }
    int back = (int) (parentNumber - number);
    while (count <= back) {
      BlockHeader header = headers.apply(walked[count - 1]);
      if (header == null) {
        // Below the chain's first block.
        return Hash32.ZERO;
      }
      walked[count++] = header.parentHash();
    }
    return walked[back];
  }
}
