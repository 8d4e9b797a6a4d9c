// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** 0x09: the compression function F of BLAKE2b with a chosen number of rounds (EIP-152). */
final class Blake2F implements Precompile {
  private static final int INPUT_BYTES = 213;
  private static final VarHandle LE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BE_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /** The initialisation vector of BLAKE2b, that of SHA-512. */
  private static final long[] IV = {
    0x6a09e667f3bcc908L, 0xbb67ae8584caa73bL, 0x3c6ef372fe94f82bL, 0xa54ff53a5f1d36f1L,
    0x510e527fade682d1L, 0x9b05688c2b3e6c1fL, 0x1f83d9abfb41bd6bL, 0x5be0cd19137e2179L
  };

  /** Message schedule, RFC 7693 section 2.7. */
  private static final byte[][] SIGMA = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}
  };

  @Override
  public long gas(byte[] in, int offset, int length) {
    return length == INPUT_BYTES ? Integer.toUnsignedLong((int) BE_INT.get(in, offset)) : 0;
  }

  @Override
  public byte @Nullable [] run(byte[] in, int offset, int length) {
    if (length != INPUT_BYTES || (in[offset + 212] & 0xfe) != 0) {
      return null;
    }
    long rounds = Integer.toUnsignedLong((int) BE_INT.get(in, offset));
    long[] h = new long[8];
    long[] m = new long[16];
    long[] v = new long[16];
    for (int i = 0; i < 8; i++) {
      h[i] = (long) LE.get(in, offset + 4 + 8 * i);
      v[i] = h[i];
      v[i + 8] = IV[i];
    }
    for (int i = 0; i < 16; i++) {
      m[i] = (long) LE.get(in, offset + 68 + 8 * i);
    }
    v[12] ^= (long) LE.get(in, offset + 196);
    v[13] ^= (long) LE.get(in, offset + 204);
    if (in[offset + 212] != 0) {
      v[14] = ~v[14];
    }
    int row = 0;
    for (long round = 0; round < rounds; round++) {
      round(v, m, SIGMA[row]);
      row = row == 9 ? 0 : row + 1;
    }
    byte[] out = new byte[64];
    for (int i = 0; i < 8; i++) {
      LE.set(out, 8 * i, h[i] ^ v[i] ^ v[i + 8]);
    }
    return out;
  }

  private static void round(long[] v, long[] m, byte[] s) {
    mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
    mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
    mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
    mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
    mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
    mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
    mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
    mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
  }

  private static void mix(long[] v, int a, int b, int c, int d, long x, long y) {
    long va = v[a] + v[b] + x;
    long vd = Long.rotateRight(v[d] ^ va, 32);
    long vc = v[c] + vd;
    long vb = Long.rotateRight(v[b] ^ vc, 24);
    va += vb + y;
    vd = Long.rotateRight(vd ^ va, 16);
    vc += vd;
    v[a] = va;
    v[b] = Long.rotateRight(vb ^ vc, 63);
    v[c] = vc;
    v[d] = vd;
  }
}
