// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/**
 * A segment's body as columns: the blocks' here, the transactions' in {@link TransactionColumns}.
 * Any thread. Source: package documentation.
 */
final class ColumnBody {
  private ColumnBody() {}

  static byte[] encode(Segment segment) {
    Columns<ByteSink> columns = Columns.empty();
    TransactionColumns.Writer transactions =
        new TransactionColumns.Writer(columns, segment.rollupId());
    long tick = -1;
    long anchor = -1;
    long gasLimit = 0;
    for (BlockData block : segment.blocks()) {
      columns.get(BodyColumn.TICKS).varint(block.tick() - tick - 1);
      columns.get(BodyColumn.ANCHOR_DELTAS).varint(block.anchorNumber() - Math.max(0, anchor));
      if (block.anchorNumber() != anchor) {
        columns.get(BodyColumn.ANCHOR_HASHES).hash(block.anchorHash());
      }
      columns.get(BodyColumn.GAS_LIMITS).varint(zigzag(block.gasLimit() - gasLimit));
      columns.get(BodyColumn.TRANSACTION_COUNTS).varint(block.transactions().size());
      block.transactions().forEach(transactions::add);
      tick = block.tick();
      anchor = block.anchorNumber();
      gasLimit = block.gasLimit();
    }
    ByteSink body = new ByteSink(4_096);
    body.varint(segment.blocks().size()).varint(transactions.count());
    for (BodyColumn column : BodyColumn.values()) {
      body.varint(columns.get(column).size());
    }
    for (BodyColumn column : BodyColumn.values()) {
      body.sink(columns.get(column));
    }
    return transactions.finish(body).toArray();
  }

  static List<BlockData> decode(byte[] body, long rollupId, DecodeBudget budget)
      throws DecodeException {
    ByteSource in = new ByteSource(body, 0, body.length);
    int blockCount = in.upTo(BatchLimits.MAX_BLOCKS_PER_SEGMENT, "blocks");
    int transactionCount = in.upTo(BatchLimits.MAX_TRANSACTIONS, "transactions");
    budget.takeTransactions(transactionCount);
    Columns<Integer> lengths = Columns.of(_ -> in.upTo(body.length, "bytes in a column"));
    Columns<ByteSource> columns = Columns.of(column -> in.part(lengths.get(column)));
    List<Transaction> transactions =
        new TransactionColumns.Reader(columns, in, rollupId, transactionCount).readAll();
    in.end("a segment's body");
    List<BlockData> blocks = blocks(columns, blockCount, transactions);
    for (BodyColumn column : BodyColumn.values()) {
      columns.get(column).end("column " + column);
    }
    return blocks;
  }

  private static List<BlockData> blocks(
      Columns<ByteSource> columns, int blockCount, List<Transaction> transactions)
      throws DecodeException {
    List<BlockData> blocks = new ArrayList<>(blockCount);
    long tick = -1;
    long anchor = -1;
    Hash32 anchorHash = Hash32.ZERO;
    long gasLimit = 0;
    int from = 0;
    for (int i = 0; i < blockCount; i++) {
      // tick + 1 cannot wrap: a tick of 2^63 - 1 leaves no larger one, and sum() says so.
      tick =
          i == 0
              ? columns.get(BodyColumn.TICKS).positive()
              : sum(sum(tick, 1), columns.get(BodyColumn.TICKS).positive());
      long next = sum(Math.max(0, anchor), columns.get(BodyColumn.ANCHOR_DELTAS).positive());
      if (next != anchor) {
        anchorHash = columns.get(BodyColumn.ANCHOR_HASHES).hash();
      }
      anchor = next;
      long change = unzigzag(columns.get(BodyColumn.GAS_LIMITS).varint());
      if (gasLimit + change < 0) {
        throw new DecodeException("gas limit below zero or above 2^63");
      }
      gasLimit += change;
      int count =
          columns
              .get(BodyColumn.TRANSACTION_COUNTS)
              .upTo(transactions.size() - from, "transactions");
      blocks.add(
          new BlockData(
              tick, anchor, anchorHash, gasLimit, transactions.subList(from, from + count)));
      from += count;
    }
    if (from != transactions.size()) {
      throw new DecodeException(
          transactions.size() - from + " transactions more than the blocks hold");
    }
    return blocks;
  }

  /** The sum of two numbers below 2^63, which must be below 2^63 too. */
  static long sum(long a, long b) throws DecodeException {
    if (a + b < 0) {
      throw new DecodeException("a number of the batch passes 2^63");
    }
    return a + b;
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  private static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }
}
