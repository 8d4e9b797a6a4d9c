// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/**
 * An account without its storage.
 *
 * @param nonce 64 bits, unsigned
 * @param balance wei
 * @param hasStorage whether any storage word is not zero (EIP-7610 asks it when a contract is
 *     created)
 */
public record AccountState(long nonce, UInt256 balance, Hash32 codeHash, boolean hasStorage) {
  public static final AccountState EMPTY = new AccountState(0, UInt256.ZERO, Keccak.EMPTY, false);

  /** EIP-161: no nonce, no balance, no code. */
  public boolean isEmpty() {
    return nonce == 0 && balance.isZero() && codeHash.equals(Keccak.EMPTY);
  }
}
