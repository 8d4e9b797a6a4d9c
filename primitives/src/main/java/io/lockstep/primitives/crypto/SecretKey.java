// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hex;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * A secp256k1 secret key with its address, held by this process: it signs at once (about 60 µs) and
 * always. Its text form never shows the secret. Any thread.
 */
public final class SecretKey implements Signer {
  private final byte[] secret;
  private final byte[] publicKey;
  private final Address address;

  private SecretKey(byte[] secret) {
    this.secret = secret;
    this.publicKey = Secp256k1.publicKeyOf(secret);
    this.address = Secp256k1.addressOf(publicKey);
  }

  /**
   * The key with these 32 bytes.
   *
   * @throws IllegalArgumentException when they are not a number from 1 to the order less one
   */
  public static SecretKey of(byte[] secret) {
    UInt256 value = secret.length == 32 ? UInt256.ofBigEndian(secret) : UInt256.ZERO;
    if (value.isZero() || value.compareTo(Secp256k1.ORDER) >= 0) {
      throw new IllegalArgumentException("not a secp256k1 secret key of 32 bytes");
    }
    return new SecretKey(secret.clone());
  }

  public static SecretKey fromHex(String hex) {
    return of(Hex.decode(hex));
  }

  @Override
  public Address address() {
    return address;
  }

  @Override
  public Signature sign(Bytes preimage) {
    return Secp256k1.sign(Keccak.hash(preimage), this);
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  @Override
  public @Nullable String trouble() {
    return null;
  }

  /** The 65-byte uncompressed public key. */
  public Bytes publicKey() {
    return Bytes.copyOf(publicKey);
  }

  /** The secret as hex, for writing a key file and nothing else. */
  public String exposeHex() {
    return Hex.encode(secret);
  }

  byte[] unsafeArray() {
    return secret;
  }

  byte[] unsafePublicKey() {
    return publicKey;
  }

  @Override
  public String toString() {
    return "SecretKey(" + address + ")";
  }
}
