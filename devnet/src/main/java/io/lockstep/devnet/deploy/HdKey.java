// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.Normalizer;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A private key of a BIP-32 tree that grew from a BIP-39 mnemonic. Only for keys that everybody
 * knows: the secrets stay in ordinary memory.
 */
final class HdKey {
  private static final int HARDENED = 0x8000_0000;
  private static final int BIP39_ROUNDS = 2048;
  private static final BigInteger ORDER = Secp256k1.ORDER.toBigInteger();

  private final byte[] secret;
  private final byte[] chainCode;

  private HdKey(byte[] secret, byte[] chainCode) {
    this.secret = secret;
    this.chainCode = chainCode;
  }

  /** The root of a mnemonic without passphrase; its checksum is not looked at. */
  static HdKey ofMnemonic(String mnemonic) {
    try {
      String words = Normalizer.normalize(mnemonic, Normalizer.Form.NFKD);
      PBEKeySpec spec =
          new PBEKeySpec(
              words.toCharArray(), "mnemonic".getBytes(StandardCharsets.UTF_8), BIP39_ROUNDS, 512);
      byte[] seed =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded();
      byte[] root = hmac("Bitcoin seed".getBytes(StandardCharsets.US_ASCII), seed);
      return new HdKey(Arrays.copyOf(root, 32), Arrays.copyOfRange(root, 32, 64));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has PBKDF2 and HMAC with SHA-512", e);
    }
  }

  /** The key at a path such as {@code m/44'/60'/0'/0/0}. */
  HdKey derive(String path) {
    String[] steps = path.split("/", -1);
    if (!steps[0].equals("m")) {
      throw new IllegalArgumentException("a path begins with m, got " + path);
    }
    HdKey key = this;
    for (String step : Arrays.asList(steps).subList(1, steps.length)) {
      boolean hardened = step.endsWith("'");
      int index = Integer.parseInt(hardened ? step.substring(0, step.length() - 1) : step);
      key = key.child(hardened ? index | HARDENED : index);
    }
    return key;
  }

  SecretKey key() {
    return SecretKey.of(secret);
  }

  private HdKey child(int index) {
    ByteBuffer data = ByteBuffer.allocate(37);
    if (index < 0) {
      data.put((byte) 0).put(secret);
    } else {
      data.put(compressed(key().publicKey().unsafeArray()));
    }
    byte[] mac = hmac(chainCode, data.putInt(index).array());
    BigInteger tweak = new BigInteger(1, Arrays.copyOf(mac, 32));
    BigInteger child = tweak.add(new BigInteger(1, secret)).mod(ORDER);
    if (tweak.compareTo(ORDER) >= 0 || child.signum() == 0) {
      // BIP-32 skips such an index; it happens once in 2^127.
      throw new IllegalStateException("no key at index " + index);
    }
    return new HdKey(padded(child), Arrays.copyOfRange(mac, 32, 64));
  }

  private static byte[] compressed(byte[] publicKey) {
    byte[] out = Arrays.copyOf(publicKey, 33);
    out[0] = (byte) (2 + (publicKey[64] & 1));
    return out;
  }

  private static byte[] padded(BigInteger value) {
    byte[] raw = value.toByteArray();
    byte[] out = new byte[32];
    int length = Math.min(32, raw.length);
    System.arraycopy(raw, raw.length - length, out, 32 - length, length);
    return out;
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA512");
      mac.init(new SecretKeySpec(key, "HmacSHA512"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC with SHA-512", e);
    }
  }
}
