// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import static io.lockstep.sequencer.batch.BatchLimits.ELEMENT_BYTES;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/** The uncompressed table of a batch, two field elements an entry. Any thread. */
final class HeaderTable {
  static final int ELEMENTS_PER_ENTRY = 2;
  static final int ENTRY_BYTES = ELEMENTS_PER_ENTRY * ELEMENT_BYTES;
  private static final int PADDING_BYTES = ENTRY_BYTES - 3 * 8 - Hash32.LENGTH_BYTES;

  private HeaderTable() {}

  static void encode(List<TableEntry> table, ByteSink out) {
    for (TableEntry entry : table) {
      // The hash crosses from the first element (7 bytes) into the second (25).
      out.fixed(entry.tick(), 8)
          .fixed(entry.rollupId(), 8)
          .fixed(entry.number(), 8)
          .hash(entry.blockHash())
          .bytes(new byte[PADDING_BYTES]);
    }
  }

  static List<TableEntry> decode(ByteSource in, int count) throws DecodeException {
    if (count > BatchLimits.MAX_TABLE_ENTRIES) {
      throw new DecodeException(count + " table entries, limit " + BatchLimits.MAX_TABLE_ENTRIES);
    }
    List<TableEntry> table = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      table.add(new TableEntry(in.fixed(8), in.fixed(8), in.fixed(8), in.hash()));
      in.zeros(PADDING_BYTES);
    }
    return table;
  }

  /** The 32-byte values of the two elements that hold {@code entry}, for KZG evidence. */
  static List<Bytes> elements(TableEntry entry) {
    ByteSink entryBytes = new ByteSink(ENTRY_BYTES);
    encode(List.of(entry), entryBytes);
    byte[] bytes = entryBytes.toArray();
    List<Bytes> elements = new ArrayList<>(ELEMENTS_PER_ENTRY);
    for (int i = 0; i < ELEMENTS_PER_ENTRY; i++) {
      byte[] element = new byte[32];
      System.arraycopy(bytes, i * ELEMENT_BYTES, element, 1, ELEMENT_BYTES);
      elements.add(Bytes.wrap(element));
    }
    return elements;
  }
}
