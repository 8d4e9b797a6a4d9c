// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/** A segment's body as RLP rows, one list a block. Any thread. */
final class RowBody {
  private RowBody() {}

  static byte[] encode(Segment segment) {
    RlpWriter out = new RlpWriter(4_096);
    out.startList();
    long anchor = -1;
    for (BlockData block : segment.blocks()) {
      out.startList().integer(block.tick()).integer(block.anchorNumber() - Math.max(0, anchor));
      if (block.anchorNumber() == anchor) {
        out.bytes(Bytes.EMPTY);
      } else {
        out.hash(block.anchorHash());
      }
      out.integer(block.gasLimit()).startList();
      for (Transaction tx : block.transactions()) {
        out.bytes(tx.encoded());
      }
      out.endList().endList();
      anchor = block.anchorNumber();
    }
    return out.endList().toArray();
  }

  static List<BlockData> decode(byte[] body, DecodeBudget budget) throws DecodeException {
    RlpReader whole = RlpReader.over(body);
    RlpReader rows = whole.list();
    whole.end();
    List<BlockData> blocks = new ArrayList<>();
    long anchor = -1;
    Hash32 anchorHash = Hash32.ZERO;
    while (rows.hasNext()) {
      RlpReader row = rows.list();
      long tick = row.integer();
      long next = ColumnBody.sum(Math.max(0, anchor), row.integer());
      if (next == anchor) {
        row.bytes(0);
      } else {
        anchorHash = row.hash();
      }
      anchor = next;
      long gasLimit = row.integer();
      List<Transaction> transactions = transactions(row.list(), budget);
      row.end();
      if (blocks.size() == BatchLimits.MAX_BLOCKS_PER_SEGMENT) {
        throw new DecodeException("more than " + blocks.size() + " blocks in a segment");
      }
      blocks.add(new BlockData(tick, anchor, anchorHash, gasLimit, transactions));
    }
    return blocks;
  }

  private static List<Transaction> transactions(RlpReader in, DecodeBudget budget)
      throws DecodeException {
    List<Transaction> transactions = new ArrayList<>();
    while (in.hasNext()) {
      budget.takeTransactions(1);
      transactions.add(TransactionCodec.decode(in.bytes(BatchLimits.MAX_TRANSACTION_BYTES)));
    }
    return transactions;
  }
}
