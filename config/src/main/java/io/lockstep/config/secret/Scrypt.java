// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.secret;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Key derivation of RFC 7914 and RFC 8018. Of its own because keystores exist whose n is larger
 * than RFC 7914 allows for their r, the definition's own example among them, and libraries refuse
 * those. Any thread.
 */
final class Scrypt {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Words of one Salsa20 block. */
  private static final int BLOCK = 16;

  private Scrypt() {}

  /**
   * scrypt.
   *
   * @param n a power of two above 1; takes {@code 128 · n · r} bytes of memory
   */
  static byte[] derive(byte[] password, byte[] salt, int n, int r, int p, int lengthBytes) {
    int blockBytes = 128 * r;
    byte[] blocks = pbkdf2(password, salt, 1, p * blockBytes);
    int words = blockBytes / 4;
    int[] block = new int[words];
    int[] scratch = new int[words];
    int[][] table = new int[n][];
    for (int i = 0; i < p; i++) {
      for (int w = 0; w < words; w++) {
        block[w] = (int) WORDS.get(blocks, i * blockBytes + 4 * w);
      }
      mix(block, scratch, table, n, r);
      for (int w = 0; w < words; w++) {
        WORDS.set(blocks, i * blockBytes + 4 * w, block[w]);
      }
    }
    return pbkdf2(password, blocks, 1, lengthBytes);
  }

  /** PBKDF2 with HMAC-SHA-256. */
  static byte[] pbkdf2(byte[] password, byte[] salt, int iterations, int lengthBytes) {
    PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
    generator.init(password, salt, iterations);
    return ((KeyParameter) generator.generateDerivedMacParameters(8 * lengthBytes)).getKey();
  }

  /** scryptROMix. */
  private static void mix(int[] block, int[] scratch, int[][] table, int n, int r) {
    for (int i = 0; i < n; i++) {
      int[] kept = table[i];
      if (kept == null) {
        table[i] = block.clone();
      } else {
        System.arraycopy(block, 0, kept, 0, block.length);
      }
      blockMix(block, scratch, r);
    }
    for (int i = 0; i < n; i++) {
      int[] other = table[block[(2 * r - 1) * BLOCK] & (n - 1)];
      for (int w = 0; w < block.length; w++) {
        block[w] ^= other[w];
      }
      blockMix(block, scratch, r);
    }
  }

  /** scryptBlockMix, in place. */
  private static void blockMix(int[] block, int[] scratch, int r) {
    int[] x = new int[BLOCK];
    int[] y = new int[BLOCK];
    System.arraycopy(block, (2 * r - 1) * BLOCK, x, 0, BLOCK);
    for (int i = 0; i < 2 * r; i++) {
      for (int w = 0; w < BLOCK; w++) {
        x[w] ^= block[i * BLOCK + w];
      }
      System.arraycopy(x, 0, y, 0, BLOCK);
      salsa(y);
      for (int w = 0; w < BLOCK; w++) {
        x[w] += y[w];
      }
      // the even ones first, then the odd ones
      System.arraycopy(x, 0, scratch, ((i & 1) * r + (i >> 1)) * BLOCK, BLOCK);
    }
    System.arraycopy(scratch, 0, block, 0, block.length);
  }

  /** The double rounds of Salsa20/8, without the final addition. */
  private static void salsa(int[] x) {
    for (int round = 0; round < 4; round++) {
      quarter(x, 0, 4, 8, 12);
      quarter(x, 5, 9, 13, 1);
      quarter(x, 10, 14, 2, 6);
      quarter(x, 15, 3, 7, 11);
      quarter(x, 0, 1, 2, 3);
      quarter(x, 5, 6, 7, 4);
      quarter(x, 10, 11, 8, 9);
      quarter(x, 15, 12, 13, 14);
    }
  }

  private static void quarter(int[] x, int a, int b, int c, int d) {
    x[b] ^= Integer.rotateLeft(x[a] + x[d], 7);
    x[c] ^= Integer.rotateLeft(x[b] + x[a], 9);
    x[d] ^= Integer.rotateLeft(x[c] + x[b], 13);
    x[a] ^= Integer.rotateLeft(x[d] + x[c], 18);
  }
}
