// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.secret;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A secp256k1 key under a password: Web3 Secret Storage, version 3, as geth, clef and Web3Signer
 * keep it (aes-128-ctr, scrypt or pbkdf2, Keccak MAC). What a file may ask of memory and time is
 * bounded. Immutable; any thread.
 */
public final class Keystore {
  private static final int VERSION = 3;
  private static final int KEY_BYTES = 32;
  private static final int MAX_SALT_BYTES = 256;

  /** What scrypt may take: twice what geth writes, 128 bytes each. */
  private static final long MAX_SCRYPT_BLOCKS = 1L << 22;

  private static final int MAX_SCRYPT_LANES = 64;
  private static final int MAX_PBKDF2_ITERATIONS = 10_000_000;

  /** geth's usual cost: 256 MiB, some two seconds. */
  private static final Kdf.ByScrypt USUAL = new Kdf.ByScrypt(1 << 18, 8, 1);

  /** Strict: of two values for one name nobody knows which other programs take. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final HexFormat HEX = HexFormat.of();

  private final @Nullable Address address;
  private final Kdf kdf;
  private final byte[] salt;
  private final byte[] iv;
  private final byte[] ciphertext;
  private final byte[] mac;

  /** How the password becomes a key. */
  private sealed interface Kdf {
    byte[] derive(byte[] password, byte[] salt);

    record ByScrypt(int n, int r, int p) implements Kdf {
      @Override
      public byte[] derive(byte[] password, byte[] salt) {
        return Scrypt.derive(password, salt, n, r, p, KEY_BYTES);
      }
    }

    record ByPbkdf2(int iterations) implements Kdf {
      @Override
      public byte[] derive(byte[] password, byte[] salt) {
        return Scrypt.pbkdf2(password, salt, iterations, KEY_BYTES);
      }
    }
  }

  /** The password does not open the keystore. */
  public static final class WrongPasswordException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private Keystore(
      @Nullable Address address, Kdf kdf, byte[] salt, byte[] iv, byte[] ciphertext, byte[] mac) {
    this.address = address;
    this.kdf = kdf;
    this.salt = salt;
    this.iv = iv;
    this.ciphertext = ciphertext;
    this.mac = mac;
  }

  /**
   * Reads the JSON form.
   *
   * @throws DecodeException when it is none, of another version, or asks for too much
   */
  public static Keystore parse(String json) throws DecodeException {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JacksonException e) {
      // The cause is left out: its message could quote the file.
      throw new DecodeException("not JSON");
    }
    JsonNode version = root.path("version");
    if (!version.isInt() || version.intValue() != VERSION) {
      throw new DecodeException("not a keystore of version 3 (Web3 Secret Storage)");
    }
    // geth once wrote the name with a capital
    JsonNode crypto = root.has("crypto") ? root.path("crypto") : root.path("Crypto");
    String cipher = text(crypto, "cipher");
    if (!cipher.equals("aes-128-ctr")) {
      throw new DecodeException("cipher is not aes-128-ctr");
    }
    JsonNode parameters = crypto.path("kdfparams");
    if (integer(parameters, "dklen") != KEY_BYTES) {
      throw new DecodeException("dklen is not 32");
    }
    byte[] salt = hex(parameters, "salt");
    if (salt.length > MAX_SALT_BYTES) {
      throw new DecodeException("salt of %d bytes".formatted(salt.length));
    }
    return new Keystore(
        root.has("address") ? address(text(root, "address")) : null,
        kdf(text(crypto, "kdf"), parameters),
        salt,
        hex(crypto.path("cipherparams"), "iv", 16),
        hex(crypto, "ciphertext", KEY_BYTES),
        hex(crypto, "mac", KEY_BYTES));
  }

  private static Kdf kdf(String name, JsonNode parameters) throws DecodeException {
    return switch (name) {
      case "scrypt" -> scrypt(parameters);
      case "pbkdf2" -> pbkdf2(parameters);
      default -> throw new DecodeException("kdf is neither scrypt nor pbkdf2");
    };
  }

  private static Kdf scrypt(JsonNode parameters) throws DecodeException {
    int n = integer(parameters, "n");
    int r = integer(parameters, "r");
    int p = integer(parameters, "p");
    if (n < 2 || Integer.bitCount(n) != 1 || r < 1 || p < 1) {
      throw new DecodeException("n, r and p are no parameters of scrypt");
    }
    if ((long) n * r > MAX_SCRYPT_BLOCKS || (long) p * r > MAX_SCRYPT_LANES) {
      throw new DecodeException("scrypt would take more memory than is given to it");
    }
    return new Kdf.ByScrypt(n, r, p);
  }

  private static Kdf pbkdf2(JsonNode parameters) throws DecodeException {
    int iterations = integer(parameters, "c");
    if (!text(parameters, "prf").equals("hmac-sha256")) {
      throw new DecodeException("prf is not hmac-sha256");
    }
    if (iterations < 1 || iterations > MAX_PBKDF2_ITERATIONS) {
      throw new DecodeException("c is not within 1 and %d".formatted(MAX_PBKDF2_ITERATIONS));
    }
    return new Kdf.ByPbkdf2(iterations);
  }

  /** The address that the file says it is the key of; null when it says none. */
  public @Nullable Address address() {
    return address;
  }

  /**
   * The key; takes the time and memory that the file asks for.
   *
   * @throws DecodeException when what it holds is no key, or not that of its address
   */
  public SecretKey open(KeyPassword password) throws WrongPasswordException, DecodeException {
    byte[] derived = kdf.derive(password.unsafeArray(), salt);
    if (!MessageDigest.isEqual(mac, mac(derived, ciphertext))) {
      throw new WrongPasswordException();
    }
    SecretKey key;
    try {
      key = SecretKey.of(aes(Cipher.DECRYPT_MODE, derived, iv, ciphertext));
    } catch (IllegalArgumentException e) {
      throw new DecodeException("what the password opens is no secret key");
    }
    if (address != null && !address.equals(key.address())) {
      throw new DecodeException(
          "says it is the key of %s and holds that of %s".formatted(address, key.address()));
    }
    return key;
  }

  /** The JSON form of a key under a password, scrypt at geth's usual cost. */
  public static String encrypt(SecretKey key, KeyPassword password, RandomGenerator random) {
    byte[] salt = new byte[32];
    random.nextBytes(salt);
    byte[] iv = new byte[16];
    random.nextBytes(iv);
    byte[] derived = USUAL.derive(password.unsafeArray(), salt);
    byte[] ciphertext =
        aes(Cipher.ENCRYPT_MODE, derived, iv, HEX.parseHex(key.exposeHex().substring(2)));
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("version", VERSION);
    root.put("id", new UUID((random.nextLong() & ~0xf000L) | 0x4000L, variant(random)).toString());
    root.put("address", key.address().toString().substring(2).toLowerCase(Locale.ROOT));
    ObjectNode crypto = root.putObject("crypto");
    crypto.put("cipher", "aes-128-ctr");
    crypto.putObject("cipherparams").put("iv", HEX.formatHex(iv));
    crypto.put("ciphertext", HEX.formatHex(ciphertext));
    crypto.put("kdf", "scrypt");
    crypto
        .putObject("kdfparams")
        .put("dklen", KEY_BYTES)
        .put("n", USUAL.n)
        .put("r", USUAL.r)
        .put("p", USUAL.p)
        .put("salt", HEX.formatHex(salt));
    crypto.put("mac", HEX.formatHex(mac(derived, ciphertext)));
    return root.toPrettyString() + "\n";
  }

  /** The low half of a random UUID. */
  private static long variant(RandomGenerator random) {
    return (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
  }

  private static byte[] mac(byte[] derived, byte[] ciphertext) {
    Hash32 hash = Keccak.hashAll(Arrays.copyOfRange(derived, 16, KEY_BYTES), ciphertext);
    return hash.toArray();
  }

  private static byte[] aes(int mode, byte[] derived, byte[] iv, byte[] text) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(mode, new SecretKeySpec(derived, 0, 16, "AES"), new IvParameterSpec(iv));
      return cipher.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES in counter mode", e);
    }
  }

  private static Address address(String text) throws DecodeException {
    try {
      return Address.fromHex(text.startsWith("0x") ? text : "0x" + text);
    } catch (IllegalArgumentException e) {
      throw new DecodeException("address is none");
    }
  }

  private static String text(JsonNode node, String name) throws DecodeException {
    JsonNode value = node.path(name);
    if (!value.isString()) {
      throw new DecodeException("no " + name);
    }
    return value.stringValue();
  }

  private static int integer(JsonNode node, String name) throws DecodeException {
    JsonNode value = node.path(name);
    if (!value.isInt()) {
      throw new DecodeException("no " + name);
    }
    return value.intValue();
  }

  private static byte[] hex(JsonNode node, String name, int lengthBytes) throws DecodeException {
    byte[] bytes = hex(node, name);
    if (bytes.length != lengthBytes) {
      throw new DecodeException("%s is not %d bytes".formatted(name, lengthBytes));
    }
    return bytes;
  }

  private static byte[] hex(JsonNode node, String name) throws DecodeException {
    String text = text(node, name);
    try {
      return HEX.parseHex(text.startsWith("0x") ? text.substring(2) : text);
    } catch (IllegalArgumentException e) {
      throw new DecodeException(name + " is not hex");
    }
  }
}
