// SPDX-License-Identifier: Apache-2.0
package io.lockstep.conformance;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import java.io.ByteArrayOutputStream;
import java.util.Random;

/**
 * Inputs of precompiles that are often right, sometimes nearly and sometimes not at all. Any
 * thread.
 */
final class PrecompileInputs {
  /** BLS12-381 field elements have 48 bytes in 64: the generator of G1 (EIP-2537). */
  private static final String BLS_G1 =
      "0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
          + "6c55e83ff97a1aeffb3af00adb22c6bb"
          + "0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3ed"
          + "d03cc744a2888ae40caa232946c5e7e1";

  private static final String BLS_G2 =
      "00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d177"
          + "0bac0326a805bbefd48056c8c121bdb8"
          + "0000000000000000000000000000000013e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
          + "334cf11213945d57e5ac7d055d042b7e"
          + "000000000000000000000000000000000ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c"
          + "923ac9cc3baca289e193548608b82801"
          + "000000000000000000000000000000000606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab"
          + "3f370d275cec1da1aaa9075ff05f79be";

  private final Random random;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private PrecompileInputs(Random random) {
    this.random = random;
  }

  /** For the precompile at this address; 18 stands for 0x100, P256VERIFY. */
  static byte[] of(Random random, int number) {
    PrecompileInputs inputs = new PrecompileInputs(random);
    if (random.nextInt(10) == 0) {
      inputs.bytes(random.nextInt(300));
    } else {
      inputs.fitting(number);
    }
    byte[] made = inputs.out.toByteArray();
    if (made.length > 0 && random.nextInt(8) == 0) {
      made[random.nextInt(made.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return made;
  }

  private void fitting(int number) {
    switch (number) {
      case 1 -> signature();
      case 5 -> modularExponent();
      case 6 -> {
        bn254();
        bn254();
      }
      case 7 -> {
        bn254();
        bytes(32);
      }
      case 8 -> {
        for (int i = random.nextInt(2); i >= 0; i--) {
          bn254();
          zeros(128); // the point at infinity of G2
        }
      }
      case 9 -> {
        word(random.nextInt(20), 4);
        bytes(208);
        out.write(random.nextInt(20) == 0 ? 2 : random.nextInt(2));
      }
      case 11 -> {
        bls(BLS_G1, 128);
        bls(BLS_G1, 128);
      }
      case 12 -> {
        for (int i = random.nextInt(3); i >= 0; i--) {
          bls(BLS_G1, 128);
          bytes(32);
        }
      }
      case 13 -> {
        bls(BLS_G2, 256);
        bls(BLS_G2, 256);
      }
      case 14 -> {
        for (int i = random.nextInt(2); i >= 0; i--) {
          bls(BLS_G2, 256);
          bytes(32);
        }
      }
      case 15 -> {
        bls(BLS_G1, 128);
        bls(BLS_G2, 256);
      }
      case 16, 17 -> {
        for (int i = number == 16 ? 1 : 2; i > 0; i--) {
          zeros(17); // below the modulus
          bytes(47);
        }
      }
      default -> bytes(random.nextInt(200));
    }
  }

  private void bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    out.writeBytes(bytes);
  }

  private void zeros(int count) {
    out.writeBytes(new byte[count]);
  }

  private void word(long value, int lengthBytes) {
    for (int i = lengthBytes - 1; i >= 0; i--) {
      out.write(i > 7 ? 0 : (int) (value >>> (8 * i)));
    }
  }

  private void signature() {
    byte[] digest = new byte[32];
    random.nextBytes(digest);
    byte[] secret = Keccak.hash(digest).toArray();
    Signature signature = Secp256k1.sign(Hash32.of(digest), SecretKey.of(secret));
    out.writeBytes(digest);
    word(27 + signature.yParity() + (random.nextInt(10) == 0 ? 1 : 0), 32);
    out.writeBytes(signature.r().toArray());
    out.writeBytes(signature.s().toArray());
  }

  private void modularExponent() {
    int[] lengths = new int[3];
    for (int i = 0; i < 3; i++) {
      lengths[i] = random.nextInt(6) == 0 ? 0 : random.nextInt(random.nextInt(8) == 0 ? 1_100 : 40);
      word(lengths[i], 32);
    }
    bytes(Math.max(0, lengths[0] + lengths[1] + lengths[2] - random.nextInt(2)));
  }

  private void bn254() {
    boolean generator = random.nextInt(3) != 0;
    word(generator ? 1 : 0, 32);
    word(generator ? 2 : 0, 32);
  }

  private void bls(String generator, int lengthBytes) {
    if (random.nextInt(3) == 0) {
      zeros(lengthBytes);
    } else {
      out.writeBytes(Hex.decode("0x" + generator));
    }
  }
}
