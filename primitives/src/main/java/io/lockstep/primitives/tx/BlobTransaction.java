// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * A blob transaction in its network form, wrapper version 1 of EIP-7594: the transaction with
 * blobs, commitments and 128 cell proofs a blob. Nothing is verified here but lengths and counts.
 *
 * @param cellProofs one string of 128 proofs for each blob
 */
public record BlobTransaction(
    Transaction transaction, List<Bytes> blobs, List<Bytes> commitments, List<Bytes> cellProofs) {
  /** EIP-7594: blobs of one transaction. */
  public static final int MAX_BLOBS = 6;

  public static final int WRAPPER_VERSION = 1;

  public BlobTransaction {
    blobs = List.copyOf(blobs);
    commitments = List.copyOf(commitments);
    cellProofs = List.copyOf(cellProofs);
  }

  /** {@code 0x03 ‖ rlp([payload, 1, blobs, commitments, cell_proofs])}. */
  public Bytes encoded() {
    RlpWriter out = start().integer(WRAPPER_VERSION);
    writeBlobs(out);
    for (Bytes proofs : cellProofs) {
      for (int at = 0; at < proofs.size(); at += Kzg.PROOF_BYTES) {
        out.bytes(proofs.slice(at, at + Kzg.PROOF_BYTES));
      }
    }
    return finish(out);
  }

  /**
   * The network form before Osaka (EIP-4844), of the same transaction: {@code 0x03 ‖ rlp([payload,
   * blobs, commitments, proofs])}.
   *
   * @param blobProofs one proof for each blob
   */
  public Bytes encodedVersion0(List<Bytes> blobProofs) {
    if (blobProofs.size() != blobs.size()) {
      throw new IllegalArgumentException(
          blobProofs.size() + " proofs of " + blobs.size() + " blobs");
    }
    RlpWriter out = start();
    writeBlobs(out);
    blobProofs.forEach(out::bytes);
    return finish(out);
  }

  private RlpWriter start() {
    byte[] payload = transaction.encoded().slice(1, transaction.encoded().size()).unsafeArray();
    return new RlpWriter(blobs.size() * (Kzg.BLOB_BYTES + 8192) + payload.length + 64)
        .startList()
        .raw(payload);
  }

  /** Blobs and commitments, and the beginning of the proofs. */
  private void writeBlobs(RlpWriter out) {
    out.startList();
    blobs.forEach(out::bytes);
    out.endList().startList();
    commitments.forEach(out::bytes);
    out.endList().startList();
  }

  private static Bytes finish(RlpWriter out) {
    byte[] list = out.endList().endList().toArray();
    byte[] all = new byte[list.length + 1];
    all[0] = (byte) TransactionType.BLOB.id();
    System.arraycopy(list, 0, all, 1, list.length);
    return Bytes.wrap(all);
  }

  /**
   * The transaction alone out of a network form of either version.
   *
   * @throws DecodeException when it does not begin like one
   */
  public static Transaction transactionOf(Bytes network) throws DecodeException {
    return TransactionCodec.decodeTyped(TransactionType.BLOB, wrapper(network).list());
  }

  /**
   * 0 or 1: the version of a network form.
   *
   * @throws DecodeException when it does not begin like one
   */
  public static int wrapperVersion(Bytes network) throws DecodeException {
    RlpReader in = wrapper(network);
    in.list();
    return in.nextIsList() ? 0 : WRAPPER_VERSION;
  }

  private static RlpReader wrapper(Bytes network) throws DecodeException {
    if (network.isEmpty() || network.get(0) != TransactionType.BLOB.id()) {
      throw new DecodeException("not a blob transaction");
    }
    RlpReader whole = RlpReader.over(network.slice(1, network.size()));
    RlpReader in = whole.list();
    whole.end();
    if (!in.nextIsList()) {
      throw new DecodeException("a blob transaction is sent with its blobs: wrapper expected");
    }
    return in;
  }

  /**
   * Decodes the network form of wrapper version 1.
   *
   * @throws DecodeException on version 0, on counts that do not fit, on anything malformed
   */
  public static BlobTransaction decode(Bytes network) throws DecodeException {
    RlpReader in = wrapper(network);
    Transaction tx = TransactionCodec.decodeTyped(TransactionType.BLOB, in.list());
    if (in.nextIsList()) {
      throw new DecodeException(
          "blob wrapper version 0 is not accepted: send version 1 with cell proofs (EIP-7594)");
    }
    long version = in.integer();
    if (version != WRAPPER_VERSION) {
      throw new DecodeException("blob wrapper version " + version + " is not accepted, expected 1");
    }
    List<Bytes> blobs = strings(in.list(), Kzg.BLOB_BYTES, MAX_BLOBS);
    List<Bytes> commitments = strings(in.list(), Kzg.COMMITMENT_BYTES, MAX_BLOBS);
    List<Bytes> proofs = strings(in.list(), Kzg.PROOF_BYTES, MAX_BLOBS * Kzg.CELLS_PER_EXT_BLOB);
    in.end();
    int count = tx.blobVersionedHashes().size();
    if (blobs.size() != count
        || commitments.size() != count
        || proofs.size() != count * Kzg.CELLS_PER_EXT_BLOB) {
      throw new DecodeException(
          "blob wrapper of %d hashes, %d blobs, %d commitments, %d proofs"
              .formatted(count, blobs.size(), commitments.size(), proofs.size()));
    }
    List<Bytes> cellProofs = new ArrayList<>();
    for (int blob = 0; blob < count; blob++) {
      byte[] joined = new byte[Kzg.CELLS_PER_EXT_BLOB * Kzg.PROOF_BYTES];
      for (int cell = 0; cell < Kzg.CELLS_PER_EXT_BLOB; cell++) {
        Bytes proof = proofs.get(blob * Kzg.CELLS_PER_EXT_BLOB + cell);
        System.arraycopy(proof.unsafeArray(), 0, joined, cell * Kzg.PROOF_BYTES, Kzg.PROOF_BYTES);
      }
      cellProofs.add(Bytes.wrap(joined));
    }
    return new BlobTransaction(tx, blobs, commitments, cellProofs);
  }

  private static List<Bytes> strings(RlpReader in, int lengthBytes, int limit)
      throws DecodeException {
    List<Bytes> out = new ArrayList<>();
    while (in.hasNext()) {
      if (out.size() == limit) {
        throw new DecodeException("more than " + limit + " items in a blob wrapper");
      }
      Bytes item = in.bytes(lengthBytes);
      if (item.size() != lengthBytes) {
        throw new DecodeException(
            "item of " + item.size() + " bytes in a blob wrapper, expected " + lengthBytes);
      }
      out.add(item);
    }
    return out;
  }
}
