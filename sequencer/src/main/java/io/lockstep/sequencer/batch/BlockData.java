// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.util.List;

/**
 * What derivation cannot compute of one L2 block. Any thread. Source: protocol section 3.
 *
 * @param anchorNumber number of the L1 block that the tick stands on
 * @param gasLimit gas
 * @param transactions without the system transaction, which derivation builds
 */
public record BlockData(
    long tick,
    long anchorNumber,
    Hash32 anchorHash,
    long gasLimit,
    List<Transaction> transactions) {
  public BlockData {
    if ((tick | anchorNumber | gasLimit) < 0) {
      throw new IllegalArgumentException(
          "tick, anchor and gas limit are below 2^63, got "
              + tick
              + ", "
              + anchorNumber
              + ", "
              + gasLimit);
    }
    transactions = List.copyOf(transactions);
  }
}
