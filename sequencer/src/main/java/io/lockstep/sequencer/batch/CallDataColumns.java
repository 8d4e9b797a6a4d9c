// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.nio.ByteBuffer;

/**
 * Call data. What has the length of a Solidity call is taken apart into selector and words: an
 * address goes to the other addresses, anything else is a number. One thread.
 */
final class CallDataColumns {
  private static final int SELECTOR_BYTES = 4;
  private static final int WORD_BYTES = 32;
  private static final int NUMBER = 0;
  private static final int ADDRESS = 1;

  private CallDataColumns() {}

  /** Whether data is written as selector and words. */
  static boolean isCall(Bytes data) {
    return data.size() >= SELECTOR_BYTES && (data.size() - SELECTOR_BYTES) % WORD_BYTES == 0;
  }

  /** A word of 160 bits exactly: a smaller one is as well off as a number. */
  private static boolean isAddress(UInt256 word) {
    return word.limb(3) == 0 && word.limb(2) >>> 24 != 0 && word.limb(2) >>> 32 == 0;
  }

  /** Fills the columns. */
  static final class Writer {
    private final Columns<ByteSink> columns;
    private final AddressColumns.Writer addresses;
    private final RecentValues<Integer> selectors = new RecentValues<>();

    Writer(Columns<ByteSink> columns, AddressColumns.Writer addresses) {
      this.columns = columns;
      this.addresses = addresses;
    }

    void add(Bytes data) {
      ByteSink lengths = columns.get(BodyColumn.DATA_LENGTHS);
      if (!isCall(data)) {
        lengths.varint(data.size());
        columns.get(BodyColumn.DATA).bytes(data);
        return;
      }
      byte[] bytes = data.unsafeArray();
      lengths.varint((bytes.length - SELECTOR_BYTES) / WORD_BYTES);
      int selector = ByteBuffer.wrap(bytes).getInt();
      int code = selectors.codeOf(selector);
      columns.get(BodyColumn.SELECTORS).fixed(code, 1);
      if (code == RecentValues.NEW) {
        columns
            .get(BodyColumn.SELECTOR_BYTES)
            .fixed(Integer.toUnsignedLong(selector), SELECTOR_BYTES);
      }
      for (int at = SELECTOR_BYTES; at < bytes.length; at += WORD_BYTES) {
        UInt256 word = UInt256.read(bytes, at);
        boolean address = isAddress(word);
        columns.get(BodyColumn.WORD_FORMS).fixed(address ? ADDRESS : NUMBER, 1);
        if (address) {
          addresses.add(Address.read(bytes, at + WORD_BYTES - Address.LENGTH_BYTES));
        } else {
          NumberColumns.write(
              word,
              columns.get(BodyColumn.WORD_LENGTHS),
              columns.get(BodyColumn.WORD_ZEROS),
              columns.get(BodyColumn.WORD_BYTES));
        }
      }
    }
  }

  /** Reads them. */
  static final class Reader {
    private final Columns<ByteSource> columns;
    private final AddressColumns.Reader addresses;
    private final RecentValues<Integer> selectors = new RecentValues<>();
    private int bytesLeft = BatchLimits.MAX_DECOMPRESSED_BYTES_PER_SEGMENT;

    Reader(Columns<ByteSource> columns, AddressColumns.Reader addresses) {
      this.columns = columns;
      this.addresses = addresses;
    }

    Bytes next(boolean isCall) throws DecodeException {
      ByteSource lengths = columns.get(BodyColumn.DATA_LENGTHS);
      if (!isCall) {
        int length = lengths.upTo(BatchLimits.MAX_TRANSACTION_BYTES, "data bytes");
        return columns.get(BodyColumn.DATA).bytes(length);
      }
      int words = lengths.upTo(BatchLimits.MAX_TRANSACTION_BYTES / WORD_BYTES, "data words");
      // Zeros take little in their column: what they become is bounded by itself.
      bytesLeft -= SELECTOR_BYTES + words * WORD_BYTES;
      if (bytesLeft < 0) {
        throw new DecodeException(
            "call data of more than "
                + BatchLimits.MAX_DECOMPRESSED_BYTES_PER_SEGMENT
                + " bytes in a segment");
      }
      byte[] out = new byte[SELECTOR_BYTES + words * WORD_BYTES];
      ByteBuffer.wrap(out).putInt(selector());
      for (int at = SELECTOR_BYTES; at < out.length; at += WORD_BYTES) {
        switch ((int) columns.get(BodyColumn.WORD_FORMS).fixed(1)) {
          case ADDRESS -> addresses.next().write(out, at + WORD_BYTES - Address.LENGTH_BYTES);
          case NUMBER ->
              NumberColumns.read(
                      columns.get(BodyColumn.WORD_LENGTHS),
                      columns.get(BodyColumn.WORD_ZEROS),
                      columns.get(BodyColumn.WORD_BYTES))
                  .write(out, at);
          default -> throw new DecodeException("form of a word not known");
        }
      }
      return Bytes.wrap(out);
    }

    private int selector() throws DecodeException {
      int code = (int) columns.get(BodyColumn.SELECTORS).fixed(1);
      return code == RecentValues.NEW
          ? selectors.add((int) columns.get(BodyColumn.SELECTOR_BYTES).fixed(SELECTOR_BYTES))
          : selectors.valueOf(code);
    }
  }
}
