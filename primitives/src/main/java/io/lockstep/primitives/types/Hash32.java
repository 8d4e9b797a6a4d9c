// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * 32 bytes: a hash, a root, a storage key. Four longs rather than an array: small and cheap as a
 * map key. Any thread.
 */
public final class Hash32 implements Comparable<Hash32> {
  public static final int LENGTH_BYTES = 32;
  public static final Hash32 ZERO = new Hash32(0, 0, 0, 0);
  private static final VarHandle BE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  // Big-endian words: a is the most significant.
  private final long a;
  private final long b;
  private final long c;
  private final long d;

  private Hash32(long a, long b, long c, long d) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  /** The hash whose big-endian 64-bit words are given, most significant first. */
  public static Hash32 ofWords(long a, long b, long c, long d) {
    return (a | b | c | d) == 0 ? ZERO : new Hash32(a, b, c, d);
  }

  /** Reads 32 bytes at {@code offset}. */
  public static Hash32 read(byte[] bytes, int offset) {
    return ofWords(
        (long) BE.get(bytes, offset),
        (long) BE.get(bytes, offset + 8),
        (long) BE.get(bytes, offset + 16),
        (long) BE.get(bytes, offset + 24));
  }

  /**
   * The hash with these 32 bytes.
   *
   * @throws IllegalArgumentException on another length
   */
  public static Hash32 of(byte[] bytes) {
    if (bytes.length != LENGTH_BYTES) {
      throw new IllegalArgumentException("a hash has 32 bytes, got " + bytes.length);
    }
    return read(bytes, 0);
  }

  /**
   * Decodes 32 bytes of hex.
   *
   * @throws IllegalArgumentException when it is not hex of 32 bytes
   */
  public static Hash32 fromHex(String hex) {
    return read(Hex.decode(hex, LENGTH_BYTES), 0);
  }

  public void write(byte[] target, int offset) {
    BE.set(target, offset, a);
    BE.set(target, offset + 8, b);
    BE.set(target, offset + 16, c);
    BE.set(target, offset + 24, d);
  }

  public byte[] toArray() {
    byte[] out = new byte[LENGTH_BYTES];
    write(out, 0);
    return out;
  }

  public Bytes toBytes() {
    return Bytes.wrap(toArray());
  }

  /** The {@code index}-th big-endian 64-bit word, 0 the most significant. */
  public long word(int index) {
    return switch (index) {
      case 0 -> a;
      case 1 -> b;
      case 2 -> c;
      case 3 -> d;
      default -> throw new IndexOutOfBoundsException("word " + index + " of 4");
    };
  }

  public boolean isZero() {
    return (a | b | c | d) == 0;
  }

  public String toHex() {
    return Hex.encode(toArray());
  }

  @Override
  public int compareTo(Hash32 other) {
    int order = Long.compareUnsigned(a, other.a);
    if (order == 0) order = Long.compareUnsigned(b, other.b);
    if (order == 0) order = Long.compareUnsigned(c, other.c);
    if (order == 0) order = Long.compareUnsigned(d, other.d);
    return order;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Hash32 that && a == that.a && b == that.b && c == that.c && d == that.d;
  }

  @Override
  public int hashCode() {
    long mixed = (a ^ (b * 0x9E3779B97F4A7C15L) ^ (c * 0xC2B2AE3D27D4EB4FL) ^ (d * 31));
    return Long.hashCode(mixed * 0xBF58476D1CE4E5B9L);
  }

  @Override
  public String toString() {
    return toHex();
  }
}
