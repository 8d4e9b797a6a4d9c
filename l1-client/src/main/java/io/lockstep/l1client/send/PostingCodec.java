// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/** The forms of the posting journal's values. Any thread. */
final class PostingCodec {
  /** Version 1 knew neither due time nor number of transactions. */
  private static final int VERSION = 2;

  private static final int MAX_ATTEMPTS = 256;

  private PostingCodec() {}

  /** What was asked to be posted, without what the record has. */
  record Content(Address to, Bytes callData, List<Bytes> blobs) {}

  static byte[] encode(Posting posting) {
    RlpWriter out =
        new RlpWriter(512)
            .startList()
            .integer(VERSION)
            .integer(posting.sequence())
            .hash(posting.id().value())
            .integer(posting.nonce())
            .integer(posting.dueSeconds())
            .integer(posting.transactions())
            .integer(posting.state().code())
            .startList();
    posting.attempts().forEach(out::hash);
    out.endList().startList();
    BlockRef block = posting.includedBlock();
    Hash32 tx = posting.includedTx();
    if (block != null && tx != null) {
      out.integer(block.number())
          .hash(block.hash())
          .hash(block.parentHash())
          .integer(block.timestampSeconds())
          .hash(tx)
          .integer(posting.success() ? 1 : 0);
    }
    return out.endList().endList().toArray();
  }

  static Posting decode(byte[] encoded) throws DecodeException {
    RlpReader whole = RlpReader.over(Bytes.wrap(encoded));
    RlpReader in = whole.list();
    whole.end();
    long version = in.integer();
    if (version < 1 || version > VERSION) {
      throw new DecodeException("posting record of version " + version);
    }
    long sequence = in.integer();
    PostingId id = new PostingId(in.hash());
    long nonce = in.integer();
    long dueSeconds = version == 1 ? 0 : in.integer();
    long transactions = version == 1 ? 0 : in.integer();
    long code = in.integer();
    Posting.State state = Posting.State.ofCode(code);
    if (state == null || transactions > Integer.MAX_VALUE) {
      throw new DecodeException("posting state " + code + ", " + transactions + " transactions");
    }
    List<Hash32> attempts = new ArrayList<>();
    RlpReader list = in.list();
    while (list.hasNext() && attempts.size() < MAX_ATTEMPTS) {
      attempts.add(list.hash());
    }
    list.end();
    BlockRef block = null;
    Hash32 tx = null;
    boolean success = false;
    RlpReader inclusion = in.list();
    if (inclusion.hasNext()) {
      block =
          new BlockRef(
              inclusion.integer(), inclusion.hash(), inclusion.hash(), inclusion.integer());
      tx = inclusion.hash();
      success = inclusion.integer() == 1;
    }
    inclusion.end();
    in.end();
    try {
      return new Posting(
          sequence, id, nonce, dueSeconds, (int) transactions, state, attempts, block, tx, success);
    } catch (IllegalArgumentException e) {
      throw new DecodeException("posting record: " + e.getMessage());
    }
  }

  static byte[] encode(Content content) {
    RlpWriter out =
        new RlpWriter(content.blobs().size() * (Kzg.BLOB_BYTES + 8) + content.callData().size())
            .startList()
            .address(content.to())
            .bytes(content.callData())
            .startList();
    content.blobs().forEach(out::bytes);
    return out.endList().endList().toArray();
  }

  static Content decodeContent(byte[] encoded) throws DecodeException {
    RlpReader whole = RlpReader.over(Bytes.wrap(encoded));
    RlpReader in = whole.list();
    whole.end();
    Address to = in.address();
    Bytes callData = in.bytes(Integer.MAX_VALUE);
    List<Bytes> blobs = strings(in.list(), Kzg.BLOB_BYTES);
    in.end();
    return new Content(to, callData, blobs);
  }

  /** Commitments and cell proofs; the blobs are the content's. */
  static byte[] encode(BlobSidecar sidecar) {
    RlpWriter out = new RlpWriter(sidecar.blobs().size() * 8_192).startList().startList();
    sidecar.commitments().forEach(out::bytes);
    out.endList().startList();
    sidecar.cellProofs().forEach(out::bytes);
    return out.endList().endList().toArray();
  }

  static BlobSidecar decodeSidecar(byte[] encoded, List<Bytes> blobs) throws DecodeException {
    RlpReader whole = RlpReader.over(Bytes.wrap(encoded));
    RlpReader in = whole.list();
    whole.end();
    List<Bytes> commitments = strings(in.list(), Kzg.COMMITMENT_BYTES);
    List<Bytes> cellProofs = strings(in.list(), Kzg.CELLS_PER_EXT_BLOB * Kzg.PROOF_BYTES);
    in.end();
    try {
      return new BlobSidecar(
          blobs,
          commitments,
          cellProofs,
          commitments.stream().map(BlobProofs::versionedHash).toList());
    } catch (IllegalArgumentException e) {
      throw new DecodeException("sidecar of the posting journal: " + e.getMessage());
    }
  }

  private static List<Bytes> strings(RlpReader in, int lengthBytes) throws DecodeException {
    List<Bytes> out = new ArrayList<>();
    while (in.hasNext()) {
      Bytes item = in.bytes(lengthBytes);
      if (item.size() != lengthBytes || out.size() == BlobTransaction.MAX_BLOBS) {
        throw new DecodeException("item of " + item.size() + " bytes in the posting journal");
      }
      out.add(item);
    }
    return out;
  }
}
