// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.column;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Keys whose order in a column is the order of what they name: numbers big-endian and unsigned,
 * parts of fixed length one after another. Any thread.
 */
public final class Keys {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Keys() {}

  /** Eight bytes, ordered as unsigned numbers. */
  public static byte[] number(long unsigned) {
    byte[] key = new byte[Long.BYTES];
    LONG.set(key, 0, unsigned);
    return key;
  }

  /** Reads the eight bytes at {@code offset}. */
  public static long number(byte[] key, int offset) {
    return (long) LONG.get(key, offset);
  }

  /** Writes eight bytes at {@code offset}. */
  public static void number(byte[] target, int offset, long unsigned) {
    LONG.set(target, offset, unsigned);
  }

  /** The parts one after another; only of use when all but the last have a fixed length. */
  public static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] key = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, key, at, part.length);
      at += part.length;
    }
    return key;
  }

  /**
   * The smallest key above every key that begins with {@code prefix}: the exclusive end of a range
   * over it.
   *
   * @throws IllegalArgumentException when there is none, the prefix being empty or all 0xff
   */
  public static byte[] afterPrefix(byte[] prefix) {
    int last = prefix.length - 1;
    while (last >= 0 && prefix[last] == (byte) 0xff) {
      last--;
    }
    if (last < 0) {
      throw new IllegalArgumentException("no key comes after this prefix");
    }
    byte[] end = java.util.Arrays.copyOf(prefix, last + 1);
    end[last]++;
    return end;
  }

  public static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && java.util.Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
