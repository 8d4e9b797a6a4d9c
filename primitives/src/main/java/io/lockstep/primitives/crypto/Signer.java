// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Whoever holds one secp256k1 key and signs with it: this process ({@link SecretKey}) or another
 * one. It takes what is hashed and not the hash, as signers elsewhere hash for themselves. Any
 * thread.
 */
public interface Signer {
  /** The key's address; every signature that is given recovers to it. */
  Address address();

  /**
   * A signature over {@code keccak(preimage)}, with s in the lower half of the order. Returns
   * within a time that the implementation states.
   *
   * @param preimage {@code 0x1901 ‖ separator ‖ structHash} of EIP-712, or what the signing hash of
   *     a transaction is made of
   * @throws SignerException when none was got; a holder elsewhere may have signed all the same
   */
  Signature sign(Bytes preimage) throws SignerException;

  /**
   * Whether the key is held by another process, so that a signature may exist that this one never
   * received.
   */
  boolean isRemote();

  /** Why it would not sign now, as far as is known without waiting; null when it would. */
  @Nullable String trouble();
}
