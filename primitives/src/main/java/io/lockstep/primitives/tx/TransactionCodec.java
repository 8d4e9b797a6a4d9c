// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Canonical EIP-2718 encoding of transactions. Total and bounded by its input. Any thread. */
public final class TransactionCodec {
  private TransactionCodec() {}

  /**
   * Decodes the canonical form (a type byte and RLP, or RLP alone for legacy).
   *
   * @throws DecodeException on anything else, trailing bytes included
   */
  public static Transaction decode(Bytes encoded) throws DecodeException {
    if (encoded.isEmpty()) {
      throw new DecodeException("empty transaction");
    }
    int first = encoded.get(0) & 0xff;
    if (first >= 0xc0) {
      RlpReader whole = RlpReader.over(encoded);
      Transaction tx = decodeLegacy(whole.list());
      whole.end();
      return tx;
    }
    RlpReader whole = RlpReader.over(encoded.slice(1, encoded.size()));
    Transaction tx = decodeTyped(TransactionType.ofWireByte(first), whole.list());
    whole.end();
    return tx;
  }

  /**
   * Decodes the payload list of a typed transaction (after the type byte); the list must end with
   * it.
   */
  static Transaction decodeTyped(TransactionType type, RlpReader in) throws DecodeException {
    UInt256 chainId = in.uint256();
    long nonce = in.unsignedLong();
    UInt256 tip = in.uint256();
    UInt256 feeCap = type == TransactionType.ACCESS_LIST ? tip : in.uint256();
    long gasLimit = in.unsignedLong();
    Address to = decodeTo(in);
    if (to == null && (type == TransactionType.BLOB || type == TransactionType.SET_CODE)) {
      throw new DecodeException("a transaction of type " + type.id() + " cannot create a contract");
    }
    UInt256 value = in.uint256();
    Bytes data = in.bytes(Integer.MAX_VALUE);
    List<AccessListEntry> accessList = decodeAccessList(in.list());
    UInt256 blobFeeCap = UInt256.ZERO;
    List<Hash32> blobHashes = List.of();
    List<Authorization> authorizations = List.of();
    if (type == TransactionType.BLOB) {
      blobFeeCap = in.uint256();
      blobHashes = new ArrayList<>();
      RlpReader hashes = in.list();
      while (hashes.hasNext()) {
        blobHashes.add(hashes.hash());
      }
    } else if (type == TransactionType.SET_CODE) {
      authorizations = decodeAuthorizations(in.list());
    }
    long yParity = in.integer();
    if (yParity > 1) {
      throw new DecodeException("y parity of a typed transaction is 0 or 1, got " + yParity);
    }
    Signature signature = new Signature((int) yParity, in.uint256(), in.uint256());
    in.end();
    return new Transaction(
        new Transaction.Unsigned(
            type,
            chainId,
            nonce,
            tip,
            feeCap,
            gasLimit,
            to,
            value,
            data,
            accessList,
            blobFeeCap,
            blobHashes,
            authorizations),
        signature);
  }

  private static Transaction decodeLegacy(RlpReader in) throws DecodeException {
    long nonce = in.unsignedLong();
    UInt256 gasPrice = in.uint256();
    long gasLimit = in.unsignedLong();
    Address to = decodeTo(in);
    UInt256 value = in.uint256();
    Bytes data = in.bytes(Integer.MAX_VALUE);
    UInt256 v = in.uint256();
    UInt256 r = in.uint256();
    UInt256 s = in.uint256();
    in.end();
    UInt256 chainId = null;
    int yParity;
    if (v.equals(UInt256.of(27)) || v.equals(UInt256.of(28))) {
      yParity = (int) (v.limb(0) - 27);
    } else if (v.compareTo(UInt256.of(35)) >= 0) {
      UInt256 shifted = v.subtract(UInt256.of(35));
      yParity = (int) (shifted.limb(0) & 1);
      chainId = shifted.divide(UInt256.of(2));
    } else {
      throw new DecodeException("v of a legacy transaction is 27, 28 or from 35 up, got " + v);
    }
    return new Transaction(
        new Transaction.Unsigned(
            TransactionType.LEGACY,
            chainId,
            nonce,
            gasPrice,
            gasPrice,
            gasLimit,
            to,
            value,
            data,
            List.of(),
            UInt256.ZERO,
            List.of(),
            List.of()),
        new Signature(yParity, r, s));
  }

  /** The canonical form. */
  public static byte[] encode(Transaction tx) {
    RlpWriter out = new RlpWriter(160 + tx.data().size());
    out.startList();
    writeFields(out, tx.fields());
    Signature signature = tx.signature();
    if (tx.type() == TransactionType.LEGACY) {
      UInt256 chainId = tx.chainId();
      out.integer(
          chainId == null
              ? UInt256.of(27 + signature.yParity())
              : chainId.add(chainId).add(UInt256.of(35 + signature.yParity())));
    } else {
      out.integer(signature.yParity());
    }
    out.integer(signature.r()).integer(signature.s()).endList();
    return withTypeByte(tx.type(), out.toArray());
  }

  static byte[] encodeUnsigned(Transaction.Unsigned fields) {
    RlpWriter out = new RlpWriter(128 + fields.data().size());
    out.startList();
    writeFields(out, fields);
    if (fields.type() == TransactionType.LEGACY && fields.chainId() != null) {
      out.integer(fields.chainId()).integer(0).integer(0);
    }
    out.endList();
    return withTypeByte(fields.type(), out.toArray());
  }

  private static void writeFields(RlpWriter out, Transaction.Unsigned tx) {
    TransactionType type = tx.type();
    if (type != TransactionType.LEGACY && tx.chainId() != null) {
      out.integer(tx.chainId());
    }
    out.integer(tx.nonce());
    if (type == TransactionType.LEGACY || type == TransactionType.ACCESS_LIST) {
      out.integer(tx.maxFeePerGas());
    } else {
      out.integer(tx.maxPriorityFeePerGas()).integer(tx.maxFeePerGas());
    }
    out.integer(tx.gasLimit());
    if (tx.to() == null) {
      out.bytes(Bytes.EMPTY);
    } else {
      out.address(tx.to());
    }
    out.integer(tx.value()).bytes(tx.data());
    if (type != TransactionType.LEGACY) {
      writeAccessList(out, tx.accessList());
    }
    if (type == TransactionType.BLOB) {
      out.integer(tx.maxFeePerBlobGas()).startList();
      tx.blobVersionedHashes().forEach(out::hash);
      out.endList();
    }
    if (type == TransactionType.SET_CODE) {
      writeAuthorizations(out, tx.authorizations());
    }
  }

  /** Writes an access list as it stands in a transaction. */
  public static void writeAccessList(RlpWriter out, List<AccessListEntry> accessList) {
    out.startList();
    for (AccessListEntry entry : accessList) {
      out.startList().address(entry.address()).startList();
      entry.storageKeys().forEach(out::hash);
      out.endList().endList();
    }
    out.endList();
  }

  /** Writes an authorisation list as it stands in a transaction. */
  public static void writeAuthorizations(RlpWriter out, List<Authorization> authorizations) {
    out.startList();
    for (Authorization a : authorizations) {
      out.startList()
          .integer(a.chainId())
          .address(a.address())
          .integer(a.nonce())
          .integer(a.yParity())
          .integer(a.r())
          .integer(a.s())
          .endList();
    }
    out.endList();
  }

  private static @Nullable Address decodeTo(RlpReader in) throws DecodeException {
    Bytes to = in.bytes(Address.LENGTH_BYTES);
    if (to.isEmpty()) {
      return null;
    }
    if (to.size() != Address.LENGTH_BYTES) {
      throw new DecodeException("recipient of " + to.size() + " bytes, expected 20 or none");
    }
    return Address.of(to.unsafeArray());
  }

  /** Reads the payload of an access list. */
  public static List<AccessListEntry> decodeAccessList(RlpReader in) throws DecodeException {
    List<AccessListEntry> entries = new ArrayList<>();
    while (in.hasNext()) {
      RlpReader entry = in.list();
      Address address = entry.address();
      List<Hash32> keys = new ArrayList<>();
      RlpReader list = entry.list();
      while (list.hasNext()) {
        keys.add(list.hash());
      }
      entry.end();
      entries.add(new AccessListEntry(address, keys));
    }
    return entries;
  }

  /** Reads the payload of an authorisation list. */
  public static List<Authorization> decodeAuthorizations(RlpReader in) throws DecodeException {
    List<Authorization> authorizations = new ArrayList<>();
    while (in.hasNext()) {
      RlpReader entry = in.list();
      authorizations.add(
          new Authorization(
              entry.uint256(),
              entry.address(),
              entry.unsignedLong(),
              decodeParity(entry),
              entry.uint256(),
              entry.uint256()));
      entry.end();
    }
    return authorizations;
  }

  /**
   * EIP-7702 bounds the parity of an authorisation to eight bits; which value it has is judged
   * later.
   */
  private static UInt256 decodeParity(RlpReader in) throws DecodeException {
    long parity = in.integer();
    if (parity > 255) {
      throw new DecodeException("y parity of an authorisation above 255");
    }
    return UInt256.of(parity);
  }

  private static byte[] withTypeByte(TransactionType type, byte[] rlp) {
    if (type == TransactionType.LEGACY) {
      return rlp;
    }
    byte[] out = new byte[rlp.length + 1];
    out[0] = (byte) type.id();
    System.arraycopy(rlp, 0, out, 1, rlp.length);
    return out;
  }
}
