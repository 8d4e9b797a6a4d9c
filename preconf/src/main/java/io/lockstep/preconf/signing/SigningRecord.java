// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.gossip.SignedCodec;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/**
 * What was signed at a place: enough to give the same bytes again and to refuse any others.
 *
 * @param identity the statement without its {@code …AtMs}
 * @param signingRoot the EIP-712 digest that was signed
 * @param eop whether it ends its window; false for a frag
 * @param blocks what a seal seals; none for a frag
 */
record SigningRecord(
    Hash32 identity,
    long atMs,
    Signature signature,
    Hash32 signingRoot,
    long windowSlot,
    Ctx ctx,
    boolean eop,
    List<SealedNumber> blocks) {
  SigningRecord {
    blocks = List.copyOf(blocks);
  }

  /** A block of a seal. */
  record SealedNumber(long rollupId, long number, Hash32 blockHash, Hash32 parentHash) {}

  byte[] encoded() {
    RlpWriter out =
        new RlpWriter(384)
            .startList()
            .hash(identity)
            .integer(atMs)
            .bytes(signature.toBytes())
            .hash(signingRoot)
            .integer(windowSlot);
    SignedCodec.writeCtx(out, ctx);
    out.integer(eop ? 1 : 0).startList();
    for (SealedNumber block : blocks) {
      out.startList()
          .integer(block.rollupId)
          .integer(block.number)
          .hash(block.blockHash)
          .hash(block.parentHash)
          .endList();
    }
    return out.endList().endList().toArray();
  }

  static SigningRecord decode(byte[] bytes) throws DecodeException {
    RlpReader whole = RlpReader.over(bytes);
    RlpReader in = whole.list();
    whole.end();
    Hash32 identity = in.hash();
    long atMs = in.integer();
    Signature signature = Signature.fromBytes(in.bytes(Signature.LENGTH_BYTES));
    Hash32 signingRoot = in.hash();
    long windowSlot = in.integer();
    Ctx ctx = SignedCodec.readCtx(in);
    boolean eop = in.integer() == 1;
    List<SealedNumber> blocks = new ArrayList<>();
    RlpReader list = in.list();
    while (list.hasNext()) {
      RlpReader block = list.list();
      blocks.add(new SealedNumber(block.integer(), block.integer(), block.hash(), block.hash()));
      block.end();
    }
    in.end();
    return new SigningRecord(identity, atMs, signature, signingRoot, windowSlot, ctx, eop, blocks);
  }
}
