// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.ssz;

import java.util.List;

/**
 * An SSZ type. Source: consensus-specs ssz/simple-serialize; progressive ones EIP-7495 and
 * EIP-7916. Immutable, any thread.
 */
public sealed interface SszType {
  /** A little-endian unsigned integer, or a boolean. */
  record Basic(int lengthBytes) implements SszType {
    public static final Basic UINT8 = new Basic(1);
    public static final Basic UINT64 = new Basic(8);
    public static final Basic UINT256 = new Basic(32);
    public static final Basic BOOLEAN = new Basic(1);
  }

  record ByteVector(int lengthBytes) implements SszType {
    public static final ByteVector BYTES32 = new ByteVector(32);
  }

  record ByteList(long limitBytes) implements SszType {}

  record Bitvector(long bits) implements SszType {}

  record Vector(SszType element, long length) implements SszType {
    public Vector {
      requireFixed(element);
    }
  }

  /** A list of at most {@code limit} elements, all of the same length. */
  record ListOf(SszType element, long limit) implements SszType {
    public ListOf {
      requireFixed(element);
    }
  }

  /** A list without a limit, its tree growing by levels (EIP-7916). */
  record ProgressiveList(SszType element) implements SszType {
    public ProgressiveList {
      requireFixed(element);
    }
  }

  record Field(String name, SszType type) {}

  record Container(List<Field> fields) implements SszType {
    public Container {
      fields = List.copyOf(fields);
    }
  }

  /** A container whose fields keep their places when others are added (EIP-7495), all active. */
  record ProgressiveContainer(List<Field> fields) implements SszType {
    public ProgressiveContainer {
      fields = List.copyOf(fields);
    }
  }

  static Field field(String name, SszType type) {
    return new Field(name, type);
  }

  /** Length of every value of the type in bytes, or -1 when they differ. */
  default long fixedBytes() {
    return switch (this) {
      case Basic basic -> basic.lengthBytes;
      case ByteVector vector -> vector.lengthBytes;
      case Bitvector vector -> (vector.bits + 7) / 8;
      case Vector vector -> vector.element.fixedBytes() * vector.length;
      case Container container -> fixedBytes(container.fields);
      case ProgressiveContainer container -> fixedBytes(container.fields);
      case ByteList _, ListOf _, ProgressiveList _ -> -1;
    };
  }

  private static long fixedBytes(List<Field> fields) {
    long sum = 0;
    for (Field field : fields) {
      long bytes = field.type.fixedBytes();
      if (bytes == -1) {
        return -1;
      }
      sum += bytes;
    }
    return sum;
  }

  private static void requireFixed(SszType element) {
    if (element.fixedBytes() == -1) {
      throw new IllegalArgumentException("elements of different lengths are not supported");
    }
  }
}
