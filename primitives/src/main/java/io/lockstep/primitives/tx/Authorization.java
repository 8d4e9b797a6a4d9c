// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * An EIP-7702 authorisation tuple as it stands in a transaction; it may be invalid (then it is
 * skipped when the transaction runs).
 *
 * @param nonce 64 bits, unsigned
 * @param yParity as written, not necessarily 0 or 1
 */
public record Authorization(
    UInt256 chainId, Address address, long nonce, UInt256 yParity, UInt256 r, UInt256 s) {

  /** EIP-7702: the byte before the RLP that is signed. */
  private static final byte MAGIC = 0x05;

  /** A valid one: the account of {@code key} lets {@code address}'s code run for it. */
  public static Authorization sign(UInt256 chainId, Address address, long nonce, SecretKey key) {
    Signature signature = Secp256k1.sign(digest(chainId, address, nonce), key);
    return new Authorization(
        chainId, address, nonce, UInt256.of(signature.yParity()), signature.r(), signature.s());
  }

  /** The authority, or null when the signature is not valid (high s included). */
  public @Nullable Address authority() {
    if (!yParity.fitsLong() || yParity.limb(0) > 1 || s.compareTo(Secp256k1.HALF_ORDER) > 0) {
      return null;
    }
    return Secp256k1.recover(
        digest(chainId, address, nonce), new Signature((int) yParity.limb(0), r, s));
  }

  private static Hash32 digest(UInt256 chainId, Address address, long nonce) {
    byte[] list =
        new RlpWriter()
            .startList()
            .integer(chainId)
            .address(address)
            .integer(nonce)
            .endList()
            .toArray();
    return Keccak.hashAll(new byte[] {MAGIC}, list);
  }
}
