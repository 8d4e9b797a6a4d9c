// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.testing.RandomTransactions;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What columns leave out comes back, and what names nothing is refused. */
class ColumnsTest {
  private static final long ROLLUP = 901;

  private static Transaction call(int sender, long nonce, Address to, UInt256 value, Bytes data) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(ROLLUP), nonce, UInt256.of(7), UInt256.of(107), 50_000, to, value, data)
        .sign(RandomTransactions.key(sender));
  }

  private static Bytes tokenTransfer(Address to, UInt256 amount) {
    byte[] words = new AbiWords(2).address(to).uint(amount).toArray();
    return Bytes.wrap(ByteBuffer.allocate(68).putInt(0xa9059cbb).put(words).array());
  }

  private static byte[] body(List<Transaction> transactions) {
    return ColumnBody.encode(segment(transactions));
  }

  private static Segment segment(List<Transaction> transactions) {
    return new Segment(ROLLUP, List.of(new BlockData(9, 4, Hash32.ZERO, 30, transactions)));
  }

  private static List<Transaction> read(byte[] body) throws DecodeException {
    return ColumnBody.decode(body, ROLLUP, new DecodeBudget()).getFirst().transactions();
  }

  @Test
  void anAddressIsWrittenOnceAndASenderNotAtAll() throws DecodeException {
    Address token = Address.fromHex("0x70ce70ce70ce70ce70ce70ce70ce70ce70ce70ce");
    Address first = RandomTransactions.key(1).address();
    Address second = RandomTransactions.key(2).address();
    UInt256 amount = UInt256.of(BigInteger.TEN.pow(18));
    List<Transaction> once = new ArrayList<>();
    once.add(call(1, 300, token, UInt256.ZERO, tokenTransfer(second, amount)));
    byte[] small = body(once);
    List<Transaction> more = new ArrayList<>(once);
    more.add(call(2, 70_000, token, UInt256.ZERO, tokenTransfer(first, amount)));
    more.add(call(3, 0, first, amount, Bytes.EMPTY));
    more.add(call(1, 301, second, amount, tokenTransfer(token, UInt256.MAX)));
    byte[] large = body(more);

    assertThat(read(large)).isEqualTo(more);
    // Nothing but signature, nonce and codes is new; the last has a word of 32 bytes more.
    assertThat(large.length - small.length).isLessThan(3 * (64 + 22) + 32);
  }

  @Test
  void numbersOfAnyFormComeBack() throws DecodeException {
    List<Transaction> transactions = new ArrayList<>();
    for (int zeros = 0; zeros <= 77; zeros++) {
      for (long digits : List.of(0L, 1L, 11L, 10L, 115_792L)) {
        UInt256 value =
            UInt256.of(
                BigInteger.TEN
                    .pow(zeros)
                    .multiply(BigInteger.valueOf(digits))
                    .mod(UInt256.MAX.toBigInteger()));
        transactions.add(
            call(
                1,
                transactions.size(),
                Address.ofLong(9),
                value,
                tokenTransfer(Address.ofLong(zeros), value)));
      }
    }
    assertThat(read(body(transactions))).isEqualTo(transactions);
  }

  /** A body of one block with one transaction, of these columns. */
  private static byte[] handmade(Map<BodyColumn, byte[]> given, int transactions) {
    Map<BodyColumn, byte[]> columns = new EnumMap<>(BodyColumn.class);
    columns.put(BodyColumn.TICKS, new byte[] {9});
    columns.put(BodyColumn.ANCHOR_DELTAS, new byte[] {4});
    columns.put(BodyColumn.ANCHOR_HASHES, new byte[32]);
    columns.put(BodyColumn.GAS_LIMITS, new byte[] {60});
    columns.put(BodyColumn.TRANSACTION_COUNTS, new byte[] {(byte) transactions});
    columns.put(BodyColumn.FLAGS, filled(transactions, 0x20)); // legacy, without chain id
    columns.put(BodyColumn.NONCES_LOW, new byte[transactions]);
    columns.put(BodyColumn.NONCES_HIGH, new byte[transactions]);
    columns.put(BodyColumn.FEE_CAPS, filled(transactions, 1));
    columns.put(BodyColumn.TX_GAS_LIMITS, filled(transactions, 1));
    columns.get(BodyColumn.FEE_CAPS)[0] = 0;
    columns.get(BodyColumn.TX_GAS_LIMITS)[0] = 0;
    columns.put(BodyColumn.FEE_NUMBERS, new byte[] {0});
    columns.put(BodyColumn.GAS_NUMBERS, new byte[] {0});
    columns.put(BodyColumn.VALUE_LENGTHS, new byte[transactions]);
    columns.put(BodyColumn.VALUE_ZEROS, new byte[transactions]);
    columns.put(BodyColumn.DATA_LENGTHS, new byte[transactions]);
    columns.putAll(given);
    ByteSink out = new ByteSink(1_024).varint(1).varint(transactions);
    for (BodyColumn column : BodyColumn.values()) {
      out.varint(columns.getOrDefault(column, new byte[0]).length);
    }
    for (BodyColumn column : BodyColumn.values()) {
      out.bytes(columns.getOrDefault(column, new byte[0]));
    }
    return out.bytes(new byte[64 * transactions])
        .bytes(new byte[Math.ceilDiv(transactions, 8)])
        .toArray();
  }

  private static byte[] filled(int length, int value) {
    byte[] out = new byte[length];
    java.util.Arrays.fill(out, (byte) value);
    return out;
  }

  private static void refuses(Map<BodyColumn, byte[]> given, int transactions, String why) {
    assertThatThrownBy(() -> read(handmade(given, transactions)))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining(why);
  }

  @Test
  void refusesWhatNamesNothing() throws DecodeException {
    assertThat(read(handmade(Map.of(), 2))).hasSize(2);
    refuses(Map.of(BodyColumn.FEE_CAPS, new byte[] {1}), 1, "place 1 of 0 recent values");
    refuses(Map.of(BodyColumn.TX_GAS_LIMITS, new byte[] {9}), 1, "place 9 of 0 recent values");
    refuses(
        Map.of(BodyColumn.VALUE_LENGTHS, new byte[] {1}, BodyColumn.VALUE_BYTES, new byte[] {0}),
        1,
        "leading zero");
    refuses(
        Map.of(
            BodyColumn.VALUE_LENGTHS, new byte[] {1},
            BodyColumn.VALUE_ZEROS, new byte[] {77},
            BodyColumn.VALUE_BYTES, new byte[] {2}),
        1,
        "77 decimal zeros make a number too large");
    refuses(Map.of(BodyColumn.VALUE_ZEROS, new byte[] {78}), 1, "78 decimal zeros");
    for (int kind = 1; kind <= 2; kind++) {
      refuses(
          Map.of(
              BodyColumn.FLAGS, new byte[] {0x28},
              BodyColumn.ADDRESS_KINDS, new byte[] {(byte) kind},
              BodyColumn.ADDRESS_REFS_LOW, new byte[] {0},
              BodyColumn.ADDRESS_REFS_HIGH, new byte[] {0}),
          1,
          "address 0 of 0");
    }
    refuses(
        Map.of(
            BodyColumn.FLAGS, new byte[] {0x20, 0x28},
            BodyColumn.ADDRESS_KINDS, new byte[] {2},
            BodyColumn.ADDRESS_REFS_LOW, new byte[] {0},
            BodyColumn.ADDRESS_REFS_HIGH, new byte[] {0}),
        2,
        "nobody has signed");
    refuses(
        Map.of(BodyColumn.NONCES_HIGH, new ByteSink(16).varint(-1).toArray()),
        1,
        "nonce of more than 64 bits");
  }

  @Test
  void boundsWhatZerosBecome() {
    int transactions = 65;
    int words = 4_095;
    ByteSink lengths = new ByteSink(256);
    for (int i = 0; i < transactions; i++) {
      lengths.varint(words);
    }
    byte[] selectors = filled(transactions, 1);
    selectors[0] = 0;
    byte[] zeros = new byte[transactions * words];
    refuses(
        Map.of(
            BodyColumn.FLAGS, filled(transactions, 0xa0),
            BodyColumn.DATA_LENGTHS, lengths.toArray(),
            BodyColumn.SELECTORS, selectors,
            BodyColumn.SELECTOR_BYTES, new byte[4],
            BodyColumn.WORD_FORMS, zeros,
            BodyColumn.WORD_LENGTHS, zeros,
            BodyColumn.WORD_ZEROS, zeros),
        transactions,
        "call data of more than 8388608 bytes");
  }
}
