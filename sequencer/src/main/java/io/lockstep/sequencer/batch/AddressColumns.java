// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Addresses, each written out at most once in a segment; and not at all when it is the sender of an
 * earlier transaction, which its signature tells. One thread.
 */
final class AddressColumns {
  private static final int NEW = 0;
  private static final int AGAIN = 1;
  private static final int SENDER = 2;

  private AddressColumns() {}

  /** Fills the columns. */
  static final class Writer {
    private final ByteSink kinds;
    private final ByteSink refsLow;
    private final ByteSink refsHigh;
    private final ByteSink addresses;
    private final Map<Address, Integer> written = new HashMap<>();
    private final Map<Address, Integer> senders = new HashMap<>();

    Writer(Columns<ByteSink> columns) {
      kinds = columns.get(BodyColumn.ADDRESS_KINDS);
      refsLow = columns.get(BodyColumn.ADDRESS_REFS_LOW);
      refsHigh = columns.get(BodyColumn.ADDRESS_REFS_HIGH);
      addresses = columns.get(BodyColumn.ADDRESSES);
    }

    void add(Address address) {
      Integer again = written.get(address);
      Integer sender = senders.get(address);
      if (again != null) {
        reference(AGAIN, again);
      } else if (sender != null) {
        reference(SENDER, sender);
      } else {
        kinds.fixed(NEW, 1);
        addresses.address(address);
        written.put(address, written.size());
      }
    }

    private void reference(int kind, int index) {
      kinds.fixed(kind, 1);
      refsLow.fixed(index & 0xff, 1);
      refsHigh.varint(index >>> 8);
    }

    /** The transaction is written; later ones may name its sender. */
    void written(Transaction tx, int index) {
      Address sender = tx.sender();
      if (sender != null) {
        senders.putIfAbsent(sender, index);
      }
    }
  }

  /** Reads them. */
  static final class Reader {
    private final ByteSource kinds;
    private final ByteSource refsLow;
    private final ByteSource refsHigh;
    private final ByteSource addresses;
    private final List<Transaction> earlier;
    private final List<Address> read = new ArrayList<>();

    /**
     * @param earlier the segment's transactions as far as they are read
     */
    Reader(Columns<ByteSource> columns, List<Transaction> earlier) {
      kinds = columns.get(BodyColumn.ADDRESS_KINDS);
      refsLow = columns.get(BodyColumn.ADDRESS_REFS_LOW);
      refsHigh = columns.get(BodyColumn.ADDRESS_REFS_HIGH);
      addresses = columns.get(BodyColumn.ADDRESSES);
      this.earlier = earlier;
    }

    Address next() throws DecodeException {
      return switch ((int) kinds.fixed(1)) {
        case NEW -> {
          Address address = addresses.address();
          read.add(address);
          yield address;
        }
        case AGAIN -> read.get(reference(read.size()));
        case SENDER -> {
          Address sender = earlier.get(reference(earlier.size())).sender();
          if (sender == null) {
            throw new DecodeException("the sender of a transaction that nobody has signed");
          }
          yield sender;
        }
        default -> throw new DecodeException("kind of an address not known");
      };
    }

    private int reference(int count) throws DecodeException {
      int low = (int) refsLow.fixed(1);
      long index = (long) refsHigh.upTo(1 << 22, "times 256 addresses") << 8 | low;
      if (index >= count) {
        throw new DecodeException("address " + index + " of " + count);
      }
      return (int) index;
    }
  }
}
