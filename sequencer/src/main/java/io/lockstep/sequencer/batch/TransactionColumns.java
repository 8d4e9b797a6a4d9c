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
  private static final int FLAGS = 5;
  private static final int CHAIN_IDS = 6;
  private static final int NONCES = 7;
  private static final int PRIORITY_FEES = 8;
  private static final int FEE_CAPS = 9;
  private static final int TX_GAS_LIMITS = 10;
  private static final int VALUES = 11;
  private static final int DATA_LENGTHS = 12;
  private static final int DATA = 13;
  private static final int LISTS = 14;

  private static final int TYPE_MASK = 0x07;
  private static final int HAS_RECIPIENT = 0x08;
  private static final int OTHER_CHAIN_ID = 0x10;
  private static final int NO_CHAIN_ID = 0x20;
  private static final int HAS_ACCESS_LIST = 0x40;
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
    private final ByteSink[] columns;
    private final UInt256 rollupId;
    private final ByteSink recipients = new ByteSink(1_024);
    private final ByteSink signatures = new ByteSink(4_096);
    private final ByteSink parities = new ByteSink(64);
    private int parityBits;
    private int count;

    Writer(ByteSink[] columns, long rollupId) {
      this.columns = columns;
      this.rollupId = UInt256.of(rollupId);
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
        columns[CHAIN_IDS].number(chainId);
      }
      columns[NONCES].varint(tx.nonce());
      if (hasPriorityFee(type)) {
        columns[PRIORITY_FEES].number(tx.maxPriorityFeePerGas());
      }
      columns[FEE_CAPS].number(tx.maxFeePerGas());
      columns[TX_GAS_LIMITS].varint(tx.gasLimit());
      Address to = tx.to();
      if (to != null) {
        flags |= HAS_RECIPIENT;
        recipients.address(to);
      }
      columns[VALUES].number(tx.value());
      columns[DATA_LENGTHS].varint(tx.data().size());
      columns[DATA].bytes(tx.data());
      if (!tx.accessList().isEmpty()) {
        flags |= HAS_ACCESS_LIST;
      }
      writeLists(tx);
      columns[FLAGS].fixed(flags, 1);
      Signature signature = tx.signature();
      signatures.word(signature.r()).word(signature.s());
      parityBits |= signature.yParity() << (count & 7);
      count++;
      if ((count & 7) == 0) {
        parities.fixed(parityBits, 1);
        parityBits = 0;
      }
    }

    /** Appends the two columns whose lengths follow from the others. */
    ByteSink finish(ByteSink body) {
      if ((count & 7) != 0) {
        parities.fixed(parityBits, 1);
      }
      return body.sink(recipients).sink(signatures).sink(parities);
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
      columns[LISTS].bytes(lists.toArray());
    }
  }

  /** Puts transactions together again; total on any bytes. One thread. */
  static final class Reader {
    private final ByteSource[] columns;
    private final ByteSource body;
    private final UInt256 rollupId;
    private final int count;

    /**
     * @param body stands at the first byte behind the measured columns
     */
    Reader(ByteSource[] columns, ByteSource body, long rollupId, int count) {
      this.columns = columns;
      this.body = body;
      this.rollupId = UInt256.of(rollupId);
      this.count = count;
    }

    List<Transaction> readAll() throws DecodeException {
      if (columns[FLAGS].remaining() != count) {
        throw new DecodeException(
            columns[FLAGS].remaining() + " flags of " + count + " transactions");
      }
      byte[] flags = columns[FLAGS].bytes(count).unsafeArray();
      int recipientCount = 0;
      for (byte flag : flags) {
        recipientCount += (flag & HAS_RECIPIENT) != 0 ? 1 : 0;
      }
      ByteSource recipients = body.part(recipientCount * Address.LENGTH_BYTES);
      ByteSource signatures = body.part(count * SIGNATURE_BYTES);
      byte[] parities = body.bytes((count + 7) / 8).unsafeArray();
      if ((count & 7) != 0 && (parities[count / 8] & 0xff) >> (count & 7) != 0) {
        throw new DecodeException("y parity of a transaction that is not there");
      }
      RlpReader lists =
          RlpReader.over(columns[LISTS].bytes(columns[LISTS].remaining()).unsafeArray());
      List<Transaction> transactions = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        int parity = parities[i / 8] >> (i & 7) & 1;
        Transaction tx = read(flags[i], recipients, signatures, parity, lists);
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

    private Transaction read(
        int flags, ByteSource recipients, ByteSource signatures, int parity, RlpReader lists)
        throws DecodeException {
      TransactionType type = type(flags);
      UInt256 chainId = chainId(flags, type, parity);
      long nonce = columns[NONCES].varint();
      UInt256 tip = hasPriorityFee(type) ? columns[PRIORITY_FEES].number() : UInt256.ZERO;
      UInt256 feeCap = columns[FEE_CAPS].number();
      long gasLimit = columns[TX_GAS_LIMITS].positive();
      Address to = (flags & HAS_RECIPIENT) != 0 ? recipients.address() : null;
      if (to == null && type == TransactionType.SET_CODE) {
        throw new DecodeException("a transaction of type 4 cannot create a contract");
      }
      UInt256 value = columns[VALUES].number();
      int length = columns[DATA_LENGTHS].upTo(BatchLimits.MAX_TRANSACTION_BYTES, "data bytes");
      Bytes data = columns[DATA].bytes(length);
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
      if (flags < 0) {
        throw new DecodeException("transaction flag not known: " + (flags & 0xff));
      }
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
      UInt256 chainId = columns[CHAIN_IDS].number();
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
