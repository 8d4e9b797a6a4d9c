// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The four bytes behind every stored value: CRC-32C (RFC 3720, B.4) over the column's name, a zero
 * byte, the key and the value. It is made before the value leaves the Java side and checked after
 * it has come back, so it also finds what happened in memory, under another key or in another
 * column; RocksDB's own checksums cover its blocks on the disk alone. Pure.
 */
final class ValueSeal {
  static final int LENGTH_BYTES = Integer.BYTES;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private ValueSeal() {}

  static byte[] seal(Column column, byte[] key, byte[] value) {
    byte[] sealed = Arrays.copyOf(value, value.length + LENGTH_BYTES);
    INT.set(sealed, value.length, sum(column, key, value, value.length));
    return sealed;
  }

  /** The value without its seal; null when the seal is not that of this value in this place. */
  static byte @Nullable [] open(Column column, byte[] key, byte[] sealed) {
    int length = sealed.length - LENGTH_BYTES;
    if (length < 0 || (int) INT.get(sealed, length) != sum(column, key, sealed, length)) {
      return null;
    }
    return Arrays.copyOf(sealed, length);
  }

  private static int sum(Column column, byte[] key, byte[] value, int valueLength) {
    CRC32C crc = new CRC32C();
    byte[] name = column.name().getBytes(StandardCharsets.US_ASCII);
    crc.update(name, 0, name.length);
    crc.update(0);
    crc.update(key, 0, key.length);
    crc.update(value, 0, valueLength);
    return (int) crc.getValue();
  }
}
