// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Transactions taken apart into one column a field. Like fields side by side compress better, and
 * the signatures, which do not compress at all, do not stand between them. Source: package
 * documentation.
 */
final class TransactionColumns {
  private static final int TYPE_MASK = 0x07;
  private static final int HAS_RECIPIENT = 0x08;
  private static final int OTHER_CHAIN_ID = 0x10;
  private static final int NO_CHAIN_ID = 0x20;
  private static final int HAS_ACCESS_LIST = 0x40;
  private static final int IS_CALL = 0x80;
  private static final int SIGNATURE_BYTES = 64;

  /** The largest chain id whose EIP-155 v, with y parity 0, is a 256-bit number. */
  private static final UInt256 LAST_LEGACY_CHAIN_ID =
      UInt256.MAX.subtract(UInt256.of(35)).divide(UInt256.of(2));

  private TransactionColumns() {}

  private static boolean hasPriorityFee(TransactionType type) {
    return type == TransactionType.FEE_MARKET || type == TransactionType.SET_CODE;
  }

  /** Fills the columns. One thread. */
  static final class Writer {
    private final Columns<ByteSink> columns;
    private final UInt256 rollupId;
    private final AddressColumns.Writer addresses;
    private final CallDataColumns.Writer callData;
    private final RecentValues<UInt256> tips = new RecentValues<>();
    private final RecentValues<UInt256> feeCaps = new RecentValues<>();
    private final RecentValues<Long> gasLimits = new RecentValues<>();
    private final ByteSink signatures = new ByteSink(4_096);
    private final ByteSink parities = new ByteSink(64);
    private int parityBits;
    private int count;

    Writer(Columns<ByteSink> columns, long rollupId) {
      this.columns = columns;
      this.rollupId = UInt256.of(rollupId);
      this.addresses = new AddressColumns.Writer(columns);
      this.callData = new CallDataColumns.Writer(columns, addresses);
    }

    int count() {
      return count;
    }

    void add(Transaction tx) {
      TransactionType type = tx.type();
      int flags = type.id();
      UInt256 chainId = tx.chainId();
      if (chainId == null) {
        flags |= NO_CHAIN_ID;
      } else if (!chainId.equals(rollupId)) {
        flags |= OTHER_CHAIN_ID;
        column(BodyColumn.CHAIN_IDS).number(chainId);
      }
      column(BodyColumn.NONCES_LOW).fixed(tx.nonce() & 0xff, 1);
      column(BodyColumn.NONCES_HIGH).varint(tx.nonce() >>> 8);
      UInt256 feeCap = tx.maxFeePerGas();
      if (hasPriorityFee(type)) {
        UInt256 tip = tx.maxPriorityFeePerGas();
        fee(BodyColumn.TIPS, tips, tip);
        feeCap = feeCap.subtract(tip); // modulo 2^256: wallets add the tip to something common
      }
      fee(BodyColumn.FEE_CAPS, feeCaps, feeCap);
      int gasCode = gasLimits.codeOf(tx.gasLimit());
      column(BodyColumn.TX_GAS_LIMITS).fixed(gasCode, 1);
      if (gasCode == RecentValues.NEW) {
        column(BodyColumn.GAS_NUMBERS).varint(tx.gasLimit());
      }
      Address to = tx.to();
      if (to != null) {
        flags |= HAS_RECIPIENT;
        addresses.add(to);
      }
      NumberColumns.write(
          tx.value(),
          column(BodyColumn.VALUE_LENGTHS),
          column(BodyColumn.VALUE_ZEROS),
          column(BodyColumn.VALUE_BYTES));
      flags |= CallDataColumns.isCall(tx.data()) ? IS_CALL : 0;
      callData.add(tx.data());
      if (!tx.accessList().isEmpty()) {
        flags |= HAS_ACCESS_LIST;
      }
      writeLists(tx);
      column(BodyColumn.FLAGS).fixed(flags, 1);
      Signature signature = tx.signature();
      signatures.word(signature.r()).word(signature.s());
      addresses.written(tx, count);
      parityBits |= signature.yParity() << (count & 7);
      count++;
      if ((count & 7) == 0) {
        parities.fixed(parityBits, 1);
        parityBits = 0;
      }
    }

    private ByteSink column(BodyColumn column) {
      return columns.get(column);
    }

    private void fee(BodyColumn codes, RecentValues<UInt256> recent, UInt256 value) {
      int code = recent.codeOf(value);
      column(codes).fixed(code, 1);
      if (code == RecentValues.NEW) {
        column(BodyColumn.FEE_NUMBERS).number(value);
      }
    }

    /** Appends the two columns whose lengths follow from the count. */
    ByteSink finish(ByteSink body) {
      if ((count & 7) != 0) {
        parities.fixed(parityBits, 1);
      }
      return body.sink(signatures).sink(parities);
    }

    private void writeLists(Transaction tx) {
      if (tx.accessList().isEmpty() && tx.type() != TransactionType.SET_CODE) {
        return;
      }
      RlpWriter lists = new RlpWriter();
      if (!tx.accessList().isEmpty()) {
        TransactionCodec.writeAccessList(lists, tx.accessList());
      }
      if (tx.type() == TransactionType.SET_CODE) {
        TransactionCodec.writeAuthorizations(lists, tx.authorizations());
      }
      column(BodyColumn.LISTS).bytes(lists.toArray());
    }
  }

  /** Puts transactions together again; total on any bytes. One thread. */
  static final class Reader {
    private final Columns<ByteSource> columns;
    private final ByteSource body;
    private final UInt256 rollupId;
    private final int count;
    private final List<Transaction> transactions;
    private final AddressColumns.Reader addresses;
    private final CallDataColumns.Reader callData;
    private final RecentValues<UInt256> tips = new RecentValues<>();
    private final RecentValues<UInt256> feeCaps = new RecentValues<>();
    private final RecentValues<Long> gasLimits = new RecentValues<>();

    /**
     * @param body stands at the first byte behind the measured columns
     */
    Reader(Columns<ByteSource> columns, ByteSource body, long rollupId, int count) {
      this.columns = columns;
      this.body = body;
      this.rollupId = UInt256.of(rollupId);
      this.count = count;
      this.transactions = new ArrayList<>();
      this.addresses = new AddressColumns.Reader(columns, transactions);
      this.callData = new CallDataColumns.Reader(columns, addresses);
    }

    private ByteSource column(BodyColumn column) {
      return columns.get(column);
    }

    List<Transaction> readAll() throws DecodeException {
      ByteSource all = column(BodyColumn.FLAGS);
      if (all.remaining() != count) {
        throw new DecodeException(all.remaining() + " flags of " + count + " transactions");
      }
      byte[] flags = all.bytes(count).unsafeArray();
      ByteSource signatures = body.part(count * SIGNATURE_BYTES);
      byte[] parities = body.bytes((count + 7) / 8).unsafeArray();
      if ((count & 7) != 0 && (parities[count / 8] & 0xff) >> (count & 7) != 0) {
        throw new DecodeException("y parity of a transaction that is not there");
      }
      ByteSource listBytes = column(BodyColumn.LISTS);
      RlpReader lists = RlpReader.over(listBytes.bytes(listBytes.remaining()).unsafeArray());
      for (int i = 0; i < count; i++) {
        int parity = parities[i / 8] >> (i & 7) & 1;
        Transaction tx = read(flags[i], signatures, parity, lists);
        if (tx.encoded().size() > BatchLimits.MAX_TRANSACTION_BYTES) {
          throw new DecodeException(
              "transaction of "
                  + tx.encoded().size()
                  + " bytes, limit "
                  + BatchLimits.MAX_TRANSACTION_BYTES);
        }
        transactions.add(tx);
      }
      lists.end();
      return transactions;
    }

    private UInt256 fee(BodyColumn codes, RecentValues<UInt256> recent) throws DecodeException {
      int code = (int) column(codes).fixed(1);
      return code == RecentValues.NEW
          ? recent.add(column(BodyColumn.FEE_NUMBERS).number())
          : recent.valueOf(code);
    }

    private long gasLimit() throws DecodeException {
      int code = (int) column(BodyColumn.TX_GAS_LIMITS).fixed(1);
      return code == RecentValues.NEW
          ? gasLimits.add(column(BodyColumn.GAS_NUMBERS).positive())
          : gasLimits.valueOf(code);
    }

    private long nonce() throws DecodeException {
      long low = column(BodyColumn.NONCES_LOW).fixed(1);
      long high = column(BodyColumn.NONCES_HIGH).varint();
      if (high >>> 56 != 0) {
        throw new DecodeException("nonce of more than 64 bits");
      }
      return high << 8 | low;
    }

    private Transaction read(int flags, ByteSource signatures, int parity, RlpReader lists)
        throws DecodeException {
      TransactionType type = type(flags);
      UInt256 chainId = chainId(flags, type, parity);
      long nonce = nonce();
      UInt256 tip = hasPriorityFee(type) ? fee(BodyColumn.TIPS, tips) : UInt256.ZERO;
      UInt256 feeCap = fee(BodyColumn.FEE_CAPS, feeCaps).add(tip);
      long gasLimit = gasLimit();
      Address to = (flags & HAS_RECIPIENT) != 0 ? addresses.next() : null;
      if (to == null && type == TransactionType.SET_CODE) {
        throw new DecodeException("a transaction of type 4 cannot create a contract");
      }
      UInt256 value =
          NumberColumns.read(
              column(BodyColumn.VALUE_LENGTHS),
              column(BodyColumn.VALUE_ZEROS),
              column(BodyColumn.VALUE_BYTES));
      Bytes data = callData.next((flags & IS_CALL) != 0);
      List<AccessListEntry> accessList = accessList(flags, type, lists);
      List<Authorization> authorizations =
          type == TransactionType.SET_CODE
              ? TransactionCodec.decodeAuthorizations(lists.list())
              : List.of();
      return new Transaction(
          new Transaction.Unsigned(
              type,
              chainId,
              nonce,
              hasPriorityFee(type) ? tip : feeCap,
              feeCap,
              gasLimit,
              to,
              value,
              data,
              accessList,
              UInt256.ZERO,
              List.of(),
              authorizations),
          new Signature(parity, signatures.word(), signatures.word()));
    }

    private static TransactionType type(int flags) throws DecodeException {
      return switch (flags & TYPE_MASK) {
        case 0 -> TransactionType.LEGACY;
        case 1 -> TransactionType.ACCESS_LIST;
        case 2 -> TransactionType.FEE_MARKET;
        case 4 -> TransactionType.SET_CODE;
        default ->
            throw new DecodeException("transaction type not allowed: " + (flags & TYPE_MASK));
      };
    }

    private @Nullable UInt256 chainId(int flags, TransactionType type, int parity)
        throws DecodeException {
      if ((flags & NO_CHAIN_ID) != 0) {
        if (type != TransactionType.LEGACY || (flags & OTHER_CHAIN_ID) != 0) {
          throw new DecodeException("a typed transaction without chain id, or one with both marks");
        }
        return null;
      }
      if ((flags & OTHER_CHAIN_ID) == 0) {
        return rollupId;
      }
      UInt256 chainId = column(BodyColumn.CHAIN_IDS).number();
      if (chainId.equals(rollupId)) {
        throw new DecodeException("the rollup's own chain id written out");
      }
      if (type == TransactionType.LEGACY) {
        int order = chainId.compareTo(LAST_LEGACY_CHAIN_ID);
        if (order > 0 || (order == 0 && parity == 1)) {
          throw new DecodeException("chain id too large for a legacy signature");
        }
      }
      return chainId;
    }

    private static List<AccessListEntry> accessList(
        int flags, TransactionType type, RlpReader lists) throws DecodeException {
      if ((flags & HAS_ACCESS_LIST) == 0) {
        return List.of();
      }
      if (type == TransactionType.LEGACY) {
        throw new DecodeException("a legacy transaction has no access list");
      }
      List<AccessListEntry> accessList = TransactionCodec.decodeAccessList(lists.list());
      if (accessList.isEmpty()) {
        throw new DecodeException("an empty access list written out");
      }
      return accessList;
    }
  }
}
