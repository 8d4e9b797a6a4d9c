// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.testing.Samples;
import io.lockstep.primitives.testing.Vectors;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Signing and recovery against noble-curves' vectors and against each other. */
class Secp256k1Test {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);
  private static final BigInteger ORDER = Secp256k1.ORDER.toBigInteger();

  private final Samples samples = new Samples(SEED);

  private static JsonNode vectors(String name) {
    return Vectors.json(Vectors.folder("signatures").resolve(name));
  }

  private static Signature signature(int yParity, String compactHex) {
    byte[] compact = Hex.decode(compactHex);
    return new Signature(yParity, UInt256.read(compact, 0), UInt256.read(compact, 32));
  }

  @Test
  void signsAsEveryVectorAndRecoversTheKey() {
    int count = 0;
    for (JsonNode test : vectors("ecdsa.json.gz").get("valid")) {
      SecretKey key = SecretKey.fromHex(test.get("d").asString());
      Hash32 digest = Hash32.fromHex(test.get("m").asString());
      Signature signature = Secp256k1.sign(digest, key);
      String compact = signature.toBytes().slice(0, 64).toHex();
      assertThat(compact).isEqualTo("0x" + test.get("signature").asString());
      assertThat(Secp256k1.recover(digest, signature)).isEqualTo(key.address());
      assertThat(Secp256k1.recoverPublicKey(digest, signature))
          .isEqualTo(key.publicKey().toArray());
      count++;
    }
    assertThat(count).isGreaterThan(2_000);
  }

  @Test
  void takesTheNonceOfRfc6979() {
    for (JsonNode test : vectors("rfc6979.json")) {
      SecretKey key = SecretKey.fromHex(test.get("d").asString());
      Hash32 digest = Sha256.hash(test.get("message").asString().getBytes(StandardCharsets.UTF_8));
      // r is the x coordinate of k·G, which is the public key of k.
      byte[] point = SecretKey.fromHex(test.get("k0").asString()).publicKey().toArray();
      BigInteger x = new BigInteger(1, Arrays.copyOfRange(point, 1, 33));
      assertThat(Secp256k1.sign(digest, key).r().toBigInteger()).isEqualTo(x.mod(ORDER));
    }
  }

  @Test
  void derivesThePublicKeys() {
    for (JsonNode test : vectors("points.json.gz").get("valid").get("pointFromScalar")) {
      byte[] point = SecretKey.fromHex(test.get("d").asString()).publicKey().toArray();
      String compressed =
          Hex.encode(Arrays.copyOfRange(point, 1, 33))
              .replace("0x", point[64] % 2 == 0 ? "02" : "03");
      assertThat(compressed).isEqualTo(test.get("expected").asString());
    }
  }

  @Test
  void refusesSecretsOutOfRange() {
    for (JsonNode test : vectors("ecdsa.json.gz").get("invalid").get("sign")) {
      assertThatThrownBy(() -> SecretKey.fromHex(test.get("d").asString()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> SecretKey.of(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void recoversNobodyFromSignaturesThatAreNone() {
    for (JsonNode test : vectors("ecdsa.json.gz").get("invalid").get("verify")) {
      if (!test.get("description").asString().startsWith("Invalid")) {
        continue;
      }
      for (int yParity = 0; yParity < 2; yParity++) {
        assertThat(
                Secp256k1.recover(
                    Hash32.fromHex(test.get("m").asString()),
                    signature(yParity, test.get("signature").asString())))
            .as(test.get("description").asString())
            .isNull();
      }
    }
  }

  @Test
  void recoversSomebodyElseOrNobodyFromAnyChange() {
    for (int round = 0; round < 500; round++) {
      SecretKey key = samples.key();
      Hash32 digest = samples.hash();
      Signature signature = Secp256k1.sign(digest, key);
      assertThat(Secp256k1.recover(digest, signature)).as("seed %d", SEED).isEqualTo(key.address());
      Signature flipped = new Signature(1 - signature.yParity(), signature.r(), signature.s());
      Signature otherR =
          new Signature(signature.yParity(), signature.r().add(UInt256.ONE), signature.s());
      Signature otherS =
          new Signature(signature.yParity(), signature.r(), signature.s().add(UInt256.ONE));
      for (Signature other : new Signature[] {flipped, otherR, otherS}) {
        assertThat(Secp256k1.recover(digest, other))
            .as("seed %d", SEED)
            .isNotEqualTo(key.address());
      }
      assertThat(Secp256k1.recover(Keccak.hash(digest.toArray()), signature))
          .isNotEqualTo(key.address());
    }
  }

  @Test
  void neverThrowsOnAnySignature() {
    for (int round = 0; round < 2_000; round++) {
      Signature any = new Signature(round % 2, samples.uint(), samples.uint());
      byte[] publicKey = Secp256k1.recoverPublicKey(samples.hash(), any);
      assertThat(publicKey == null || publicKey.length == 65).as("seed %d", SEED).isTrue();
    }
  }

  @Test
  void hasOneByteFormOfASignature() throws DecodeException {
    Signature signature = Secp256k1.sign(samples.hash(), samples.key());
    Bytes bytes = signature.toBytes();
    assertThat(Signature.fromBytes(bytes)).isEqualTo(signature);
    // The twin with s in the upper half and the other parity recovers to the same key.
    Signature twin =
        new Signature(
            1 - signature.yParity(), signature.r(), Secp256k1.ORDER.subtract(signature.s()));
    assertThatThrownBy(() -> Signature.fromBytes(twin.toBytes()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("lower half");
    for (int v : new int[] {0, 1, 26, 29, 255}) {
      byte[] other = bytes.toArray();
      other[64] = (byte) v;
      assertThatThrownBy(() -> Signature.fromBytes(Bytes.wrap(other)))
          .isInstanceOf(DecodeException.class);
    }
    assertThatThrownBy(() -> Signature.fromBytes(bytes.slice(0, 64)))
        .isInstanceOf(DecodeException.class);
  }

  @Test
  void neverShowsASecretInText() {
    SecretKey key = samples.key();
    assertThat(key.toString()).contains(key.address().toHex());
    assertThat(key.toString()).doesNotContain(key.exposeHex().substring(2));
  }
}
