// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.uint;

import io.lockstep.primitives.types.Hash32;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * An immutable unsigned 256-bit integer, arithmetic modulo 2^256 as in the EVM. For records and
 * state; the interpreter works on {@code long[]} limbs and never allocates one. Any thread.
 */
public final class UInt256 implements Comparable<UInt256> {
  public static final UInt256 ZERO = new UInt256(0, 0, 0, 0);
  public static final UInt256 ONE = new UInt256(1, 0, 0, 0);
  public static final UInt256 MAX = new UInt256(-1, -1, -1, -1);
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);
  private static final VarHandle BE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  // Little-endian limbs: l0 is the least significant.
  private final long l0;
  private final long l1;
  private final long l2;
  private final long l3;

  private UInt256(long l0, long l1, long l2, long l3) {
    this.l0 = l0;
    this.l1 = l1;
    this.l2 = l2;
    this.l3 = l3;
  }

  /** From limbs, least significant first. */
  public static UInt256 ofLimbs(long l0, long l1, long l2, long l3) {
    return (l0 | l1 | l2 | l3) == 0 ? ZERO : new UInt256(l0, l1, l2, l3);
  }

  /** From a long taken as unsigned. */
  public static UInt256 of(long value) {
    return ofLimbs(value, 0, 0, 0);
  }

  /**
   * From a big integer.
   *
   * @throws IllegalArgumentException when it is negative or has more than 256 bits
   */
  public static UInt256 of(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > 256) {
      throw new IllegalArgumentException("not an unsigned 256-bit number: " + value);
    }
    return ofLimbs(
        value.longValue(),
        value.shiftRight(64).longValue(),
        value.shiftRight(128).longValue(),
        value.shiftRight(192).longValue());
  }

  public static UInt256 of(Hash32 word) {
    return ofLimbs(word.word(3), word.word(2), word.word(1), word.word(0));
  }

  /**
   * From at most 32 big-endian bytes.
   *
   * @throws IllegalArgumentException when there are more
   */
  public static UInt256 ofBigEndian(byte[] bytes) {
    if (bytes.length > 32) {
      throw new IllegalArgumentException("at most 32 bytes, got " + bytes.length);
    }
    byte[] padded = new byte[32];
    System.arraycopy(bytes, 0, padded, 32 - bytes.length, bytes.length);
    return read(padded, 0);
  }

  /** Reads 32 big-endian bytes at {@code offset}. */
  public static UInt256 read(byte[] bytes, int offset) {
    return ofLimbs(
        (long) BE.get(bytes, offset + 24),
        (long) BE.get(bytes, offset + 16),
        (long) BE.get(bytes, offset + 8),
        (long) BE.get(bytes, offset));
  }

  /** The {@code index}-th limb, 0 the least significant. */
  public long limb(int index) {
    return switch (index) {
      case 0 -> l0;
      case 1 -> l1;
      case 2 -> l2;
      case 3 -> l3;
      default -> throw new IndexOutOfBoundsException("limb " + index + " of 4");
    };
  }

  public boolean isZero() {
    return (l0 | l1 | l2 | l3) == 0;
  }

  /** Whether the value is below 2^63. */
  public boolean fitsLong() {
    return (l1 | l2 | l3) == 0 && l0 >= 0;
  }

  /** The value when it fits a positive long, else {@link Long#MAX_VALUE}. */
  public long toLongSaturated() {
    return fitsLong() ? l0 : Long.MAX_VALUE;
  }

  public UInt256 add(UInt256 o) {
    long r0 = l0 + o.l0;
    long c0 = Long.compareUnsigned(r0, l0) < 0 ? 1 : 0;
    long r1 = l1 + o.l1;
    long c1 = Long.compareUnsigned(r1, l1) < 0 ? 1 : 0;
    r1 += c0;
    if (c0 == 1 && r1 == 0) c1 = 1;
    long r2 = l2 + o.l2;
    long c2 = Long.compareUnsigned(r2, l2) < 0 ? 1 : 0;
    r2 += c1;
    if (c1 == 1 && r2 == 0) c2 = 1;
    return ofLimbs(r0, r1, r2, l3 + o.l3 + c2);
  }

  /** Whether {@code this + other} needs more than 256 bits. */
  public boolean addOverflows(UInt256 other) {
    return add(other).compareTo(this) < 0;
  }

  public UInt256 subtract(UInt256 o) {
    long r0 = l0 - o.l0;
    long b0 = Long.compareUnsigned(l0, o.l0) < 0 ? 1 : 0;
    long r1 = l1 - o.l1;
    long b1 = Long.compareUnsigned(l1, o.l1) < 0 || (r1 == 0 && b0 == 1) ? 1 : 0;
    r1 -= b0;
    long r2 = l2 - o.l2;
    long b2 = Long.compareUnsigned(l2, o.l2) < 0 || (r2 == 0 && b1 == 1) ? 1 : 0;
    r2 -= b1;
    return ofLimbs(r0, r1, r2, l3 - o.l3 - b2);
  }

  public UInt256 multiply(UInt256 o) {
    if ((l1 | l2 | l3 | o.l1 | o.l2 | o.l3) == 0) {
      return ofLimbs(l0 * o.l0, Math.unsignedMultiplyHigh(l0, o.l0), 0, 0);
    }
    return of(toBigInteger().multiply(o.toBigInteger()).mod(MODULUS));
  }

  /** Quotient; zero when {@code divisor} is zero, as the EVM's DIV. */
  public UInt256 divide(UInt256 divisor) {
    return divisor.isZero() ? ZERO : of(toBigInteger().divide(divisor.toBigInteger()));
  }

  public UInt256 min(UInt256 other) {
    return compareTo(other) <= 0 ? this : other;
  }

  public BigInteger toBigInteger() {
    if ((l1 | l2 | l3) == 0 && l0 >= 0) {
      return BigInteger.valueOf(l0);
    }
    return new BigInteger(1, toArray());
  }

  public Hash32 toHash() {
    return Hash32.ofWords(l3, l2, l1, l0);
  }

  public void write(byte[] target, int offset) {
    BE.set(target, offset, l3);
    BE.set(target, offset + 8, l2);
    BE.set(target, offset + 16, l1);
    BE.set(target, offset + 24, l0);
  }

  /** 32 big-endian bytes. */
  public byte[] toArray() {
    byte[] out = new byte[32];
    write(out, 0);
    return out;
  }

  /** Big-endian bytes without leading zeros; empty for zero. This is RLP's form of an integer. */
  public byte[] toMinimalArray() {
    byte[] full = toArray();
    int from = 0;
    while (from < 32 && full[from] == 0) {
      from++;
    }
    return java.util.Arrays.copyOfRange(full, from, 32);
  }

  /** JSON-RPC quantity: 0x-hex without leading zeros, 0x0 for zero. */
  public String toQuantity() {
    return "0x" + toBigInteger().toString(16);
  }

  @Override
  public int compareTo(UInt256 o) {
    int order = Long.compareUnsigned(l3, o.l3);
    if (order == 0) order = Long.compareUnsigned(l2, o.l2);
    if (order == 0) order = Long.compareUnsigned(l1, o.l1);
    if (order == 0) order = Long.compareUnsigned(l0, o.l0);
    return order;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UInt256 o && l0 == o.l0 && l1 == o.l1 && l2 == o.l2 && l3 == o.l3;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(
        (l0 ^ (l1 * 0x9E3779B97F4A7C15L) ^ (l2 * 0xC2B2AE3D27D4EB4FL) ^ (l3 * 31))
            * 0xBF58476D1CE4E5B9L);
  }

  @Override
  public String toString() {
    return toBigInteger().toString();
  }
}
