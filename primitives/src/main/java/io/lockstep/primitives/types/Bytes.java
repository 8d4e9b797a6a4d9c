// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.types;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable byte string with value equality, for fields of records (call data, code, log data).
 * Any thread.
 */
public final class Bytes implements Comparable<Bytes> {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  /** Takes ownership of {@code value}: the caller must not change it afterwards. */
  public static Bytes wrap(byte[] value) {
    return value.length == 0 ? EMPTY : new Bytes(value);
  }

  public static Bytes copyOf(byte[] value) {
    return wrap(value.clone());
  }

  public static Bytes of(int... octets) {
    byte[] out = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      out[i] = (byte) octets[i];
    }
    return wrap(out);
  }

  /**
   * Decodes hex, 0x prefix optional.
   *
   * @throws IllegalArgumentException on text that is not hex
   */
  public static Bytes fromHex(String hex) {
    return wrap(Hex.decode(hex));
  }

  public int size() {
    return value.length;
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  public byte get(int index) {
    return value[index];
  }

  /** The bytes from {@code from} (inclusive) to {@code to} (exclusive). */
  public Bytes slice(int from, int to) {
    return wrap(Arrays.copyOfRange(value, from, to));
  }

  /** A fresh copy that the caller may change. */
  public byte[] toArray() {
    return value.clone();
  }

  /** The backing array itself, for hashing and I/O without a copy; it must not be changed. */
  public byte[] unsafeArray() {
    return value;
  }

  public String toHex() {
    return Hex.encode(value);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(value, other.value);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytes that && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return toHex();
  }
}
