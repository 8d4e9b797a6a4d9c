// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.local;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;

/**
 * One record of the journal. Any thread.
 *
 * @param raw the transaction as it is sent
 */
public record Entry(long rollupId, Bytes raw) {
  public Hash32 txHash() {
    return Keccak.hash(raw);
  }
}
