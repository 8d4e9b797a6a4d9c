// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** A 20-byte account address. Any thread. */
public final class Address implements Comparable<Address> {
  public static final int LENGTH_BYTES = 20;
  public static final Address ZERO = new Address(0, 0, 0);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final long high;
  private final long middle;
  private final int low;

  private Address(long high, long middle, int low) {
    this.high = high;
    this.middle = middle;
    this.low = low;
  }

  /** The address whose 160 bits are high (64), middle (64) and low (32), most significant first. */
  public static Address ofWords(long high, long middle, int low) {
    return new Address(high, middle, low);
  }

  /** Reads 20 bytes at {@code offset}. */
  public static Address read(byte[] bytes, int offset) {
    return new Address(
        (long) LONG.get(bytes, offset),
        (long) LONG.get(bytes, offset + 8),
        (int) INT.get(bytes, offset + 16));
  }

  /**
   * The address with these 20 bytes.
   *
   * @throws IllegalArgumentException on another length
   */
  public static Address of(byte[] bytes) {
    if (bytes.length != LENGTH_BYTES) {
      throw new IllegalArgumentException("an address has 20 bytes, got " + bytes.length);
    }
    return read(bytes, 0);
  }

  /**
   * Decodes 20 bytes of hex; a mixed-case checksum is not checked.
   *
   * @throws IllegalArgumentException when it is not hex of 20 bytes
   */
  public static Address fromHex(String hex) {
    return read(Hex.decode(hex, LENGTH_BYTES), 0);
  }

  /** The address whose last eight bytes are {@code value}: precompiles and predeploys. */
  public static Address ofLong(long value) {
    return new Address(0, value >>> 32, (int) value);
  }

  public void write(byte[] target, int offset) {
    LONG.set(target, offset, high);
    LONG.set(target, offset + 8, middle);
    INT.set(target, offset + 16, low);
  }

  public byte[] toArray() {
    byte[] out = new byte[LENGTH_BYTES];
    write(out, 0);
    return out;
  }

  public Bytes toBytes() {
    return Bytes.wrap(toArray());
  }

  public long high() {
    return high;
  }

  public long middle() {
    return middle;
  }

  public int low() {
    return low;
  }

  public String toHex() {
    return Hex.encode(toArray());
  }

  @Override
  public int compareTo(Address other) {
    int order = Long.compareUnsigned(high, other.high);
    if (order == 0) order = Long.compareUnsigned(middle, other.middle);
    if (order == 0) order = Integer.compareUnsigned(low, other.low);
    return order;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Address that
        && high == that.high
        && middle == that.middle
        && low == that.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode((high * 0x9E3779B97F4A7C15L ^ middle) * 0xBF58476D1CE4E5B9L + low);
  }

  @Override
  public String toString() {
    return toHex();
  }
}
