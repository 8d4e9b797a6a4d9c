// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole execution block.
 *
 * @param withdrawals null before Shanghai
 */
public record Block(
    BlockHeader header,
    List<Transaction> transactions,
    List<BlockHeader> ommers,
    @Nullable List<Withdrawal> withdrawals) {
  public Block {
    transactions = List.copyOf(transactions);
    ommers = List.copyOf(ommers);
    withdrawals = withdrawals == null ? null : List.copyOf(withdrawals);
  }

  /** A post-Shanghai block without ommers and withdrawals: what L2 has. */
  public static Block of(BlockHeader header, List<Transaction> transactions) {
    return new Block(header, transactions, List.of(), List.of());
  }

  public Bytes encoded() {
    RlpWriter out = new RlpWriter(1024 + transactions.size() * 160).startList();
    out.raw(header.encoded().unsafeArray()).startList();
    for (Transaction tx : transactions) {
      if (tx.type() == TransactionType.LEGACY) {
        out.raw(tx.encoded().unsafeArray());
      } else {
        out.bytes(tx.encoded());
      }
    }
    out.endList().startList();
    ommers.forEach(o -> out.raw(o.encoded().unsafeArray()));
    out.endList();
    if (withdrawals != null) {
      out.startList();
      for (Withdrawal w : withdrawals) {
        out.startList()
            .integer(w.index())
            .integer(w.validatorIndex())
            .address(w.address())
            .integer(w.amountGwei())
            .endList();
      }
      out.endList();
    }
    return out.endList().toBytes();
  }

  public static Block decode(Bytes encoded) throws DecodeException {
    RlpReader whole = RlpReader.over(encoded);
    Block block = decode(whole.list());
    whole.end();
    return block;
  }

  /** Reads a block from the payload of its list. */
  public static Block decode(RlpReader in) throws DecodeException {
    BlockHeader header = BlockHeader.decode(in.list());
    List<Transaction> transactions = new ArrayList<>();
    RlpReader txs = in.list();
    while (txs.hasNext()) {
      boolean legacy = txs.nextIsList();
      Bytes raw = legacy ? Bytes.wrap(txs.rawItem()) : txs.bytes(Integer.MAX_VALUE);
      if (!legacy && !raw.isEmpty() && (raw.get(0) & 0xff) >= 0xc0) {
        throw new DecodeException("a legacy transaction inside a byte string");
      }
      transactions.add(TransactionCodec.decode(raw));
    }
    List<BlockHeader> ommers = new ArrayList<>();
    RlpReader ommerList = in.list();
    while (ommerList.hasNext()) {
      ommers.add(BlockHeader.decode(ommerList.list()));
    }
    List<Withdrawal> withdrawals = null;
    if (in.hasNext()) {
      withdrawals = new ArrayList<>();
      RlpReader list = in.list();
      while (list.hasNext()) {
        RlpReader w = list.list();
        withdrawals.add(
            new Withdrawal(w.unsignedLong(), w.unsignedLong(), w.address(), w.unsignedLong()));
        w.end();
      }
    }
    in.end();
    return new Block(header, transactions, ommers, withdrawals);
  }
}
