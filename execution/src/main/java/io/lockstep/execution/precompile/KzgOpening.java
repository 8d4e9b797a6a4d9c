// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import io.lockstep.primitives.types.Hex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Whether a committed polynomial has a value at a point (EIP-4844's verify_kzg_proof), with two
 * points of the ceremony's setup in place of the whole of it: nothing has to be loaded first. Any
 * thread.
 *
 * <p>With π for the proof, C - yG + zπ and π must be in the ratio of G to τG: e(C - yG + zπ, -H)
 * e(π, τH) = 1. Both points of the second group are constant, their lines computed once.
 */
final class KzgOpening {
  private static final int POINT_BYTES = 48;

  /** Compressed points have the sign of y here. */
  private static final int SIGN = 0x20;

  private static final String G =
      "0x97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
          + "6c55e83ff97a1aeffb3af00adb22c6bb";
  private static final String H =
      "0x93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d05"
          + "5d042b7e024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805"
          + "bbefd48056c8c121bdb8";

  /** The second point of the second group in the mainnet ceremony's setup. */
  private static final String TAU_H =
      "0xb5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24"
          + "f3499f72185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de6210"
          + "00edc98edada20c1def2";

  private static final byte[] ORDER =
      Hex.decode("0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");

  private static final MemorySegment MINUS_G = minusG();
  private static final MemorySegment MINUS_H_LINES = lines(H, SIGN);
  private static final MemorySegment TAU_H_LINES = lines(TAU_H, 0);

  private KzgOpening() {}

  private static MemorySegment minusG() {
    Arena arena = Arena.global();
    MemorySegment affine = arena.allocate(Blst.G1_AFFINE_BYTES, 8);
    uncompress(Blst.G1, Hex.decode(G), SIGN, affine, arena);
    MemorySegment point = arena.allocate(Blst.G1_BYTES, 8);
    Blst.call(Blst.G1.fromAffine(), point, affine);
    return point;
  }

  private static MemorySegment lines(String point, int flip) {
    MemorySegment lines = Arena.global().allocate(Blst.LINES_BYTES, 8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment affine = arena.allocate(Blst.G2_AFFINE_BYTES, 8);
      uncompress(Blst.G2, Hex.decode(point), flip, affine, arena);
      Blst.call(Blst.PRECOMPUTE_LINES, lines, affine);
    }
    return lines;
  }

  private static void uncompress(
      Blst.Group g, byte[] compressed, int flip, MemorySegment out, Arena arena) {
    compressed[0] ^= (byte) flip;
    if (!readPoint(g, compressed, out, arena)) {
      throw new IllegalStateException("a point of the setup is none");
    }
  }

  private static boolean readPoint(
      Blst.Group g, byte[] compressed, MemorySegment out, Arena arena) {
    MemorySegment bytes = arena.allocate(compressed.length);
    MemorySegment.copy(compressed, 0, bytes, ValueLayout.JAVA_BYTE, 0, compressed.length);
    return Blst.uncompress(g, out, bytes) && Blst.test(g.isInGroup(), out);
  }

  /** The parts lie one after the other from {@code offset}: z, y, commitment, proof. */
  static boolean holds(byte[] in, int offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment z = scalar(in, offset, arena);
      MemorySegment y = scalar(in, offset + 32, arena);
      MemorySegment affine = arena.allocate(Blst.G1_AFFINE_BYTES, 8);
      MemorySegment proofAffine = arena.allocate(Blst.G1_AFFINE_BYTES, 8);
      byte[] commitment = Arrays.copyOfRange(in, offset + 64, offset + 64 + POINT_BYTES);
      byte[] proof =
          Arrays.copyOfRange(in, offset + 64 + POINT_BYTES, offset + 64 + 2 * POINT_BYTES);
      if (z.equals(MemorySegment.NULL)
          || y.equals(MemorySegment.NULL)
          || !readPoint(Blst.G1, commitment, affine, arena)
          || !readPoint(Blst.G1, proof, proofAffine, arena)) {
        return false;
      }
      MemorySegment sum = arena.allocate(Blst.G1_BYTES, 8);
      MemorySegment point = arena.allocate(Blst.G1_BYTES, 8);
      MemorySegment term = arena.allocate(Blst.G1_BYTES, 8);
      Blst.call(Blst.G1.fromAffine(), sum, affine);
      Blst.multiply(Blst.G1, term, MINUS_G, y);
      Blst.call(Blst.G1.add(), sum, sum, term);
      Blst.call(Blst.G1.fromAffine(), point, proofAffine);
      Blst.multiply(Blst.G1, term, point, z);
      Blst.call(Blst.G1.add(), sum, sum, term);
      Blst.call(Blst.G1.toAffine(), affine, sum);
      return isOne(affine, proofAffine, arena);
    }
  }

  private static boolean isOne(MemorySegment sum, MemorySegment proof, Arena arena) {
    // The pairing of infinity, which is all zeros, is one.
    if (isZero(sum) || isZero(proof)) {
      return isZero(sum) && isZero(proof);
    }
    MemorySegment left = arena.allocate(Blst.FP12_BYTES, 8);
    MemorySegment right = arena.allocate(Blst.FP12_BYTES, 8);
    Blst.call(Blst.MILLER_LOOP_LINES, left, MINUS_H_LINES, sum);
    Blst.call(Blst.MILLER_LOOP_LINES, right, TAU_H_LINES, proof);
    Blst.call(Blst.FP12_MULTIPLY, left, left, right);
    Blst.call(Blst.FINAL_EXPONENTIATION, right, left);
    return Blst.test(Blst.FP12_IS_ONE, right);
  }

  private static boolean isZero(MemorySegment affine) {
    for (long i = 0; i < Blst.G1_AFFINE_BYTES; i += 8) {
      if (affine.get(ValueLayout.JAVA_LONG, i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Little-endian form of a big-endian scalar; null's segment when it is not below the order. */
  private static MemorySegment scalar(byte[] in, int offset, Arena arena) {
    if (Arrays.compareUnsigned(in, offset, offset + 32, ORDER, 0, 32) >= 0) {
      return MemorySegment.NULL;
    }
    MemorySegment out = arena.allocate(Blst.SCALAR_BYTES, 8);
    for (int i = 0; i < Blst.SCALAR_BYTES; i++) {
      out.set(ValueLayout.JAVA_BYTE, i, in[offset + Blst.SCALAR_BYTES - 1 - i]);
    }
    return out;
  }
}
