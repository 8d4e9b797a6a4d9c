// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import fr.acinq.secp256k1.Secp256k1Exception;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** ECDSA on secp256k1 through libsecp256k1: sign (RFC 6979, low s) and recover. Any thread. */
public final class Secp256k1 {
  public static final UInt256 ORDER =
      UInt256.of(
          new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16));
  public static final UInt256 HALF_ORDER = UInt256.of(ORDER.toBigInteger().shiftRight(1));

  private Secp256k1() {}

  /** Signs a 32-byte digest; the same key and digest always give the same bytes. */
  public static Signature sign(Hash32 digest, SecretKey key) {
    byte[] message = digest.toArray();
    byte[] compact = fr.acinq.secp256k1.Secp256k1.get().sign(message, key.unsafeArray());
    // The library gives no recovery id: the one that recovers our own key is it.
    byte[] zero = fr.acinq.secp256k1.Secp256k1.get().ecdsaRecover(compact, message, 0);
    int yParity = Arrays.equals(zero, key.unsafePublicKey()) ? 0 : 1;
    return new Signature(yParity, UInt256.read(compact, 0), UInt256.read(compact, 32));
  }

  /** The signer's address, or null when no key gives this signature. */
  public static @Nullable Address recover(Hash32 digest, Signature signature) {
    byte[] publicKey = recoverPublicKey(digest, signature);
    return publicKey == null ? null : addressOf(publicKey);
  }

  /** The signer's uncompressed public key (65 bytes, first 0x04), or null. */
  public static byte @Nullable [] recoverPublicKey(Hash32 digest, Signature signature) {
    if (signature.r().isZero()
        || signature.s().isZero()
        || signature.r().compareTo(ORDER) >= 0
        || signature.s().compareTo(ORDER) >= 0) {
      return null;
    }
    byte[] compact = new byte[64];
    signature.r().write(compact, 0);
    signature.s().write(compact, 32);
    try {
      return fr.acinq.secp256k1.Secp256k1.get()
          .ecdsaRecover(compact, digest.toArray(), signature.yParity());
    } catch (Secp256k1Exception e) {
      return null;
    }
  }

  static byte[] publicKeyOf(byte[] secret) {
    return fr.acinq.secp256k1.Secp256k1.get().pubkeyCreate(secret);
  }

  static Address addressOf(byte[] uncompressedPublicKey) {
    byte[] hash = new byte[32];
    Keccak.hash(uncompressedPublicKey, 1, 64, hash, 0);
    return Address.read(hash, 12);
  }
}
