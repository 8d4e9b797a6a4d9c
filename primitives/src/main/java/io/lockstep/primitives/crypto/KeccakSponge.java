// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Keccak-f[1600] with the rate of Keccak-256 (the Keccak reference, version 3.0, of 2011). Used
 * again for each hash; one thread.
 *
 * @implNote the state goes back and forth between two arrays, a round at a time: 1.25 times faster
 *     than 25 local variables, and than two rounds in one method, on HotSpot 25. The highest index
 *     comes first in each array, so that one check of bounds serves all.
 */
final class KeccakSponge {
  private static final int RATE_LONGS = 17;
  private static final int RATE_BYTES = 8 * RATE_LONGS;
  private static final VarHandle LE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long[] ROUND_CONSTANTS = {
    0x0000000000000001L, 0x0000000000008082L, 0x800000000000808aL, 0x8000000080008000L,
    0x000000000000808bL, 0x0000000080000001L, 0x8000000080008081L, 0x8000000000008009L,
    0x000000000000008aL, 0x0000000000000088L, 0x0000000080008009L, 0x000000008000000aL,
    0x000000008000808bL, 0x800000000000008bL, 0x8000000000008089L, 0x8000000000008003L,
    0x8000000000008002L, 0x8000000000000080L, 0x000000000000800aL, 0x800000008000000aL,
    0x8000000080008081L, 0x8000000000008080L, 0x0000000080000001L, 0x8000000080008008L
  };

  private final long[] state = new long[25];
  private final long[] other = new long[25];

  /** Writes the 32-byte hash of a range to {@code out}. */
  void hash(byte[] input, int offset, int length, byte[] out, int outOffset) {
    long[] s = state;
    Arrays.fill(s, 0);
    int at = offset;
    int left = length;
    for (; left >= RATE_BYTES; left -= RATE_BYTES) {
      for (int i = 0; i < RATE_LONGS; i++) {
        s[i] ^= (long) LE.get(input, at + 8 * i);
      }
      at += RATE_BYTES;
      permute();
    }
    int words = left >>> 3;
    for (int i = 0; i < words; i++) {
      s[i] ^= (long) LE.get(input, at + 8 * i);
    }
    long last = 1L << ((left & 7) * 8); // the first bit of the padding
    for (int i = 0; i < (left & 7); i++) {
      last |= (input[at + 8 * words + i] & 0xffL) << (8 * i);
    }
    s[words] ^= last;
    s[RATE_LONGS - 1] ^= Long.MIN_VALUE;
    permute();
    for (int i = 0; i < 4; i++) {
      LE.set(out, outOffset + 8 * i, s[i]);
    }
  }

  private void permute() {
    for (int i = 0; i < 24; i += 2) {
      round(state, other, ROUND_CONSTANTS[i]);
      round(other, state, ROUND_CONSTANTS[i + 1]);
    }
  }

  /** Theta, rho, pi, chi and iota, from one array to the other. */
  private static void round(long[] a, long[] r, long constant) {
    long a24 = a[24];
    long c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
    long c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
    long c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
    long c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
    long c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a24;
    long d0 = c4 ^ Long.rotateLeft(c1, 1);
    long d1 = c0 ^ Long.rotateLeft(c2, 1);
    long d2 = c1 ^ Long.rotateLeft(c3, 1);
    long d3 = c2 ^ Long.rotateLeft(c4, 1);
    long d4 = c3 ^ Long.rotateLeft(c0, 1);

    long b0 = Long.rotateLeft(a[2] ^ d2, 62);
    long b1 = Long.rotateLeft(a[8] ^ d3, 55);
    long b2 = Long.rotateLeft(a[14] ^ d4, 39);
    long b3 = Long.rotateLeft(a[15] ^ d0, 41);
    long b4 = Long.rotateLeft(a[21] ^ d1, 2);
    r[24] = b4 ^ (~b0 & b1);
    r[20] = b0 ^ (~b1 & b2);
    r[21] = b1 ^ (~b2 & b3);
    r[22] = b2 ^ (~b3 & b4);
    r[23] = b3 ^ (~b4 & b0);

    b0 = a[0] ^ d0;
    b1 = Long.rotateLeft(a[6] ^ d1, 44);
    b2 = Long.rotateLeft(a[12] ^ d2, 43);
    b3 = Long.rotateLeft(a[18] ^ d3, 21);
    b4 = Long.rotateLeft(a24 ^ d4, 14);
    r[0] = b0 ^ (~b1 & b2) ^ constant;
    r[1] = b1 ^ (~b2 & b3);
    r[2] = b2 ^ (~b3 & b4);
    r[3] = b3 ^ (~b4 & b0);
    r[4] = b4 ^ (~b0 & b1);

    b0 = Long.rotateLeft(a[3] ^ d3, 28);
    b1 = Long.rotateLeft(a[9] ^ d4, 20);
    b2 = Long.rotateLeft(a[10] ^ d0, 3);
    b3 = Long.rotateLeft(a[16] ^ d1, 45);
    b4 = Long.rotateLeft(a[22] ^ d2, 61);
    r[5] = b0 ^ (~b1 & b2);
    r[6] = b1 ^ (~b2 & b3);
    r[7] = b2 ^ (~b3 & b4);
    r[8] = b3 ^ (~b4 & b0);
    r[9] = b4 ^ (~b0 & b1);

    b0 = Long.rotateLeft(a[1] ^ d1, 1);
    b1 = Long.rotateLeft(a[7] ^ d2, 6);
    b2 = Long.rotateLeft(a[13] ^ d3, 25);
    b3 = Long.rotateLeft(a[19] ^ d4, 8);
    b4 = Long.rotateLeft(a[20] ^ d0, 18);
    r[10] = b0 ^ (~b1 & b2);
    r[11] = b1 ^ (~b2 & b3);
    r[12] = b2 ^ (~b3 & b4);
    r[13] = b3 ^ (~b4 & b0);
    r[14] = b4 ^ (~b0 & b1);

    b0 = Long.rotateLeft(a[4] ^ d4, 27);
    b1 = Long.rotateLeft(a[5] ^ d0, 36);
    b2 = Long.rotateLeft(a[11] ^ d1, 10);
    b3 = Long.rotateLeft(a[17] ^ d2, 15);
    b4 = Long.rotateLeft(a[23] ^ d3, 56);
    r[15] = b0 ^ (~b1 & b2);
    r[16] = b1 ^ (~b2 & b3);
    r[17] = b2 ^ (~b3 & b4);
    r[18] = b3 ^ (~b4 & b0);
    r[19] = b4 ^ (~b0 & b1);
  }
}
