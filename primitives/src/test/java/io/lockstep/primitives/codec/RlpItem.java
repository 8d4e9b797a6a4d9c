// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.codec;

import io.lockstep.primitives.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Any RLP item, with a slow encoder straight from the yellow paper's appendix B. */
sealed interface RlpItem {
  record Text(Bytes value) implements RlpItem {}

  record Items(List<RlpItem> values) implements RlpItem {}

  /** Reads a whole input as one item. */
  static RlpItem readWhole(byte[] input) throws DecodeException {
    RlpReader in = RlpReader.over(input);
    RlpItem item = read(in);
    in.end();
    return item;
  }

  private static RlpItem read(RlpReader in) throws DecodeException {
    if (!in.nextIsList()) {
      return new Text(in.bytes(Integer.MAX_VALUE));
    }
    RlpReader list = in.list();
    List<RlpItem> values = new ArrayList<>();
    while (list.hasNext()) {
      values.add(read(list));
    }
    return new Items(values);
  }

  default void write(RlpWriter out) {
    switch (this) {
      case Text text -> out.bytes(text.value);
      case Items items -> {
        out.startList();
        items.values.forEach(item -> item.write(out));
        out.endList();
      }
    }
  }

  default byte[] oracle() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    switch (this) {
      case Text text -> {
        byte[] value = text.value.toArray();
        if (value.length != 1 || value[0] < 0) {
          out.writeBytes(header(0x80, value.length));
        }
        out.writeBytes(value);
      }
      case Items items -> {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        items.values.forEach(item -> payload.writeBytes(item.oracle()));
        out.writeBytes(header(0xc0, payload.size()));
        out.writeBytes(payload.toByteArray());
      }
    }
    return out.toByteArray();
  }

  private static byte[] header(int base, int length) {
    if (length < 56) {
      return new byte[] {(byte) (base + length)};
    }
    byte[] digits = new BigInteger(Integer.toHexString(length), 16).toByteArray();
    int from = digits[0] == 0 ? 1 : 0;
    byte[] out = new byte[1 + digits.length - from];
    out[0] = (byte) (base + 55 + digits.length - from);
    System.arraycopy(digits, from, out, 1, digits.length - from);
    return out;
  }
}
