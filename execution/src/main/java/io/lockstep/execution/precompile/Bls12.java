// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * 0x0b to 0x11: addition, multi-scalar multiplication, pairing check and maps on BLS12-381
 * (EIP-2537). Field elements are 64 bytes on the wire, the first 16 zero; a point that is all zeros
 * is infinity. Addition takes points outside the subgroup, the others do not. Any thread.
 */
final class Bls12 {
  private static final int PAD_BYTES = 16;
  private static final int FIELD_BYTES = 64;
  private static final byte[] MODULUS =
      new BigInteger(
              "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
                  + "1eabfffeb153ffffb9feffffffffaaab",
              16)
          .toByteArray();
  private static final BigInteger ORDER =
      new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);

  private Bls12() {}

  /** Reads one field element into native form; false when it is not below the modulus. */
  private static boolean readField(byte[] in, int offset, MemorySegment out, Arena arena) {
    for (int i = 0; i < PAD_BYTES; i++) {
      if (in[offset + i] != 0) {
        return false;
      }
    }
    int from = offset + PAD_BYTES;
    int to = offset + FIELD_BYTES;
    if (Arrays.compareUnsigned(in, from, to, MODULUS, 0, Blst.FP_BYTES) >= 0) {
      return false;
    }
    MemorySegment bytes = arena.allocate(Blst.FP_BYTES);
    MemorySegment.copy(in, from, bytes, ValueLayout.JAVA_BYTE, 0, Blst.FP_BYTES);
    Blst.call(Blst.FP_FROM_BYTES, out, bytes);
    return true;
  }

  private static boolean isZero(byte[] in, int offset, int length) {
    for (int i = 0; i < length; i++) {
      if (in[offset + i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int wireBytes(Blst.Group g) {
    return g.affineBytes() / Blst.FP_BYTES * FIELD_BYTES;
  }

  /** Reads an affine point that lies on the curve into {@code out}; false when it does not. */
  private static boolean readPoint(
      Blst.Group g, byte[] in, int offset, MemorySegment out, Arena arena) {
    int fields = g.affineBytes() / Blst.FP_BYTES;
    for (int i = 0; i < fields; i++) {
      MemorySegment field = out.asSlice((long) i * Blst.FP_BYTES, Blst.FP_BYTES);
      if (!readField(in, offset + i * FIELD_BYTES, field, arena)) {
        return false;
      }
    }
    // All zeros is infinity, for libblst as on the wire.
    return isZero(in, offset, wireBytes(g)) || Blst.test(g.isOnCurve(), out);
  }

  private static byte[] writePoint(Blst.Group g, MemorySegment point, Arena arena) {
    MemorySegment affine = arena.allocate(g.affineBytes(), 8);
    Blst.call(g.toAffine(), affine, point);
    byte[] out = new byte[wireBytes(g)];
    MemorySegment bytes = arena.allocate(Blst.FP_BYTES);
    for (int i = 0; i < g.affineBytes() / Blst.FP_BYTES; i++) {
      MemorySegment field = affine.asSlice((long) i * Blst.FP_BYTES, Blst.FP_BYTES);
      Blst.call(Blst.BYTES_FROM_FP, bytes, field);
      MemorySegment.copy(
          bytes, ValueLayout.JAVA_BYTE, 0, out, i * FIELD_BYTES + PAD_BYTES, Blst.FP_BYTES);
    }
    return out;
  }

  /** G1ADD and G2ADD. */
  record Add(boolean second) implements Precompile {
    @Override
    public long gas(byte[] in, int offset, int length) {
      return second ? 600 : 375;
    }

    @Override
    public byte @Nullable [] run(byte[] in, int offset, int length) {
      Blst.Group g = second ? Blst.G2 : Blst.G1;
      int wire = wireBytes(g);
      if (length != 2 * wire) {
        return null;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment[] points = new MemorySegment[2];
        for (int i = 0; i < 2; i++) {
          MemorySegment affine = arena.allocate(g.affineBytes(), 8);
          if (!readPoint(g, in, offset + i * wire, affine, arena)) {
            return null;
          }
          points[i] = arena.allocate(g.pointBytes(), 8);
          Blst.call(g.fromAffine(), points[i], affine);
        }
        MemorySegment sum = arena.allocate(g.pointBytes(), 8);
        Blst.call(g.add(), sum, points[0], points[1]);
        return writePoint(g, sum, arena);
      }
    }
  }

  /** G1MSM and G2MSM. */
  record MultiplyAll(boolean second) implements Precompile {
    @Override
    public long gas(byte[] in, int offset, int length) {
      long count = length / (wire() + Blst.SCALAR_BYTES);
      if (count == 0) {
        return 0;
      }
      short[] discounts = second ? MsmDiscount.G2 : MsmDiscount.G1;
      long discount = discounts[(int) Math.min(count, discounts.length) - 1];
      return count * (second ? 22_500 : 12_000) * discount / 1_000;
    }

    private int wire() {
      return second ? 256 : 128;
    }

    @Override
    public byte @Nullable [] run(byte[] in, int offset, int length) {
      Blst.Group g = second ? Blst.G2 : Blst.G1;
      int step = wire() + Blst.SCALAR_BYTES;
      if (length == 0 || length % step != 0) {
        return null;
      }
      int count = length / step;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment points = arena.allocate((long) count * g.affineBytes(), 8);
        MemorySegment scalars = arena.allocate((long) count * Blst.SCALAR_BYTES, 8);
        int used = 0;
        for (int i = 0; i < count; i++) {
          int at = offset + i * step;
          MemorySegment point = points.asSlice((long) used * g.affineBytes(), g.affineBytes());
          if (!readPoint(g, in, at, point, arena) || !Blst.test(g.isInGroup(), point)) {
            return null;
          }
          BigInteger scalar = new BigInteger(1, in, at + wire(), Blst.SCALAR_BYTES).mod(ORDER);
          // Infinity and zero add nothing; leaving them out spares the library their special cases.
          if (scalar.signum() != 0 && !isZero(in, at, wire())) {
            writeScalar(scalar, scalars, used);
            used++;
          }
        }
        MemorySegment sum = arena.allocate(g.pointBytes(), 8);
        if (used == 1) {
          MemorySegment point = arena.allocate(g.pointBytes(), 8);
          Blst.call(g.fromAffine(), point, points);
          Blst.multiply(g, sum, point, scalars);
        } else if (used > 1) {
          Blst.multiplyAll(g, arena, sum, points, scalars, used);
        }
        return writePoint(g, sum, arena);
      }
    }

    private static void writeScalar(BigInteger scalar, MemorySegment scalars, int index) {
      byte[] big = scalar.toByteArray();
      for (int i = 0; i < Math.min(big.length, Blst.SCALAR_BYTES); i++) {
        scalars.set(
            ValueLayout.JAVA_BYTE, (long) index * Blst.SCALAR_BYTES + i, big[big.length - 1 - i]);
      }
    }
  }

  /** PAIRING_CHECK. */
  record PairingCheck() implements Precompile {
    private static final int PAIR_BYTES = 384;

    @Override
    public long gas(byte[] in, int offset, int length) {
      return 37_700 + 32_600L * (length / PAIR_BYTES);
    }

    @Override
    public byte @Nullable [] run(byte[] in, int offset, int length) {
      if (length == 0 || length % PAIR_BYTES != 0) {
        return null;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment p = arena.allocate(Blst.G1_AFFINE_BYTES, 8);
        MemorySegment q = arena.allocate(Blst.G2_AFFINE_BYTES, 8);
        MemorySegment term = arena.allocate(Blst.FP12_BYTES, 8);
        MemorySegment product = arena.allocate(Blst.FP12_BYTES, 8);
        boolean empty = true;
        for (int at = offset; at < offset + length; at += PAIR_BYTES) {
          if (!readPoint(Blst.G1, in, at, p, arena)
              || !Blst.test(Blst.G1.isInGroup(), p)
              || !readPoint(Blst.G2, in, at + 128, q, arena)
              || !Blst.test(Blst.G2.isInGroup(), q)) {
            return null;
          }
          if (isZero(in, at, 128) || isZero(in, at + 128, 256)) {
            continue;
          }
          Blst.call(Blst.MILLER_LOOP, empty ? product : term, q, p);
          if (!empty) {
            Blst.call(Blst.FP12_MULTIPLY, product, product, term);
          }
          empty = false;
        }
        boolean one = empty;
        if (!empty) {
          Blst.call(Blst.FINAL_EXPONENTIATION, term, product);
          one = Blst.test(Blst.FP12_IS_ONE, term);
        }
        byte[] out = new byte[32];
        out[31] = (byte) (one ? 1 : 0);
        return out;
      }
    }
  }

  /** MAP_FP_TO_G1 and MAP_FP2_TO_G2. */
  record MapToCurve(boolean second) implements Precompile {
    @Override
    public long gas(byte[] in, int offset, int length) {
      return second ? 23_800 : 5_500;
    }

    @Override
    public byte @Nullable [] run(byte[] in, int offset, int length) {
      int fields = second ? 2 : 1;
      if (length != fields * FIELD_BYTES) {
        return null;
      }
      Blst.Group g = second ? Blst.G2 : Blst.G1;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment element = arena.allocate((long) fields * Blst.FP_BYTES, 8);
        for (int i = 0; i < fields; i++) {
          MemorySegment field = element.asSlice((long) i * Blst.FP_BYTES, Blst.FP_BYTES);
          if (!readField(in, offset + i * FIELD_BYTES, field, arena)) {
            return null;
          }
        }
        MemorySegment point = arena.allocate(g.pointBytes(), 8);
        Blst.call(g.map(), point, element, MemorySegment.NULL);
        return writePoint(g, point, arena);
      }
    }
  }
}
