// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.ssz;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;

/** Serializes containers from fields that are serialized already. Pure, any thread. */
public final class SszBytes {
  private static final int OFFSET_BYTES = 4;

  private SszBytes() {}

  /**
   * A container with these fields, the others having their default values.
   *
   * @throws IllegalArgumentException when there is no such field, or one has a wrong length
   */
  public static byte[] container(SszType type, Map<String, byte[]> given) {
    List<SszType.Field> fields = fieldsOf(type);
    long known = fields.stream().filter(field -> given.containsKey(field.name())).count();
    if (known != given.size()) {
      throw new IllegalArgumentException("not all of these are fields: " + given.keySet());
    }
    ByteArrayOutputStream fixed = new ByteArrayOutputStream();
    ByteArrayOutputStream variable = new ByteArrayOutputStream();
    int fixedLength = 0;
    for (SszType.Field field : fields) {
      long length = field.type().fixedBytes();
      fixedLength += length == -1 ? OFFSET_BYTES : (int) length;
    }
    for (SszType.Field field : fields) {
      byte[] bytes = given.get(field.name());
      byte[] value = bytes == null ? defaultOf(field.type()) : bytes;
      long length = field.type().fixedBytes();
      if (length == -1) {
        fixed.writeBytes(littleEndian(fixedLength + variable.size(), OFFSET_BYTES));
        variable.writeBytes(value);
      } else if (length == value.length) {
        fixed.writeBytes(value);
      } else {
        throw new IllegalArgumentException(
            field.name() + " has " + length + " bytes, got " + value.length);
      }
    }
    fixed.writeBytes(variable.toByteArray());
    return fixed.toByteArray();
  }

  /** Zeros, no elements. */
  public static byte[] defaultOf(SszType type) {
    long length = type.fixedBytes();
    return switch (type) {
      case SszType.Container _, SszType.ProgressiveContainer _ -> container(type, Map.of());
      default -> new byte[length == -1 ? 0 : Math.toIntExact(length)];
    };
  }

  public static byte[] uint64(long value) {
    return littleEndian(value, Long.BYTES);
  }

  private static byte[] littleEndian(long value, int length) {
    byte[] out = new byte[length];
    for (int i = 0; i < length; i++) {
      out[i] = (byte) (value >>> (8 * i));
    }
    return out;
  }

  private static List<SszType.Field> fieldsOf(SszType type) {
    return switch (type) {
      case SszType.Container container -> container.fields();
      case SszType.ProgressiveContainer container -> container.fields();
      default -> throw new IllegalArgumentException("a type without fields");
    };
  }
}
