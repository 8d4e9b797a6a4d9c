// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Signature;

/** RLP of what is signed, in gossip, in the ledger and in the seals of a batch. */
public final class SignedCodec {
  private static final int MAX_PROMISE_BODY_BYTES = 192;

  private SignedCodec() {}

  public static void writeFrag(RlpWriter out, Signed<Frag> signed) {
    Frag f = signed.object();
    out.startList()
        .hash(f.clusterId())
        .integer(f.windowSlot())
        .integer(f.tick())
        .integer(f.fragIdx())
        .hash(f.prevFragHash())
        .hash(f.bodyRoot())
        .integer(f.sentAtMs());
    writeCtx(out, signed.ctx());
    out.bytes(signed.signature().toBytes()).endList();
  }

  public static Signed<Frag> readFrag(RlpReader in) throws DecodeException {
    RlpReader list = in.list();
    var clusterId = list.hash();
    long windowSlot = list.integer();
    long tick = list.integer();
    long fragIdx = list.integer();
    if (fragIdx > Frag.MAX_FRAG_IDX) {
      throw new DecodeException("a frag's index has 32 bits, got " + fragIdx);
    }
    var prevFragHash = list.hash();
    var bodyRoot = list.hash();
    long sentAtMs = list.integer();
    Ctx ctx = readCtx(list);
    Signature signature = Signature.fromBytes(list.bytes(Signature.LENGTH_BYTES));
    list.end();
    return new Signed<>(
        new Frag(
            clusterId, windowSlot, tick, fragIdx, prevFragHash, ctx.hash(), bodyRoot, sentAtMs),
        ctx,
        signature);
  }

  public static void writeSeal(RlpWriter out, Signed<Seal> signed) {
    Seal s = signed.object();
    out.startList()
        .hash(s.clusterId())
        .integer(s.windowSlot())
        .integer(s.tick())
        .hash(s.blocksRoot())
        .integer(s.cumExposureWei())
        .hash(s.l1CallsHash())
        .integer(s.eop() ? 1 : 0)
        .integer(s.sealedAtMs());
    writeCtx(out, signed.ctx());
    out.bytes(signed.signature().toBytes()).endList();
  }

  public static Signed<Seal> readSeal(RlpReader in) throws DecodeException {
    RlpReader list = in.list();
    var clusterId = list.hash();
    long windowSlot = list.integer();
    long tick = list.integer();
    var blocksRoot = list.hash();
    var cumExposureWei = list.uint256();
    var l1CallsHash = list.hash();
    long eop = list.integer();
    if (eop > 1) {
      throw new DecodeException("eop is 0 or 1, got " + eop);
    }
    long sealedAtMs = list.integer();
    Ctx ctx = readCtx(list);
    Signature signature = Signature.fromBytes(list.bytes(Signature.LENGTH_BYTES));
    list.end();
    return new Signed<>(
        new Seal(
            clusterId,
            windowSlot,
            tick,
            blocksRoot,
            ctx.hash(),
            cumExposureWei,
            l1CallsHash,
            eop == 1,
            sealedAtMs),
        ctx,
        signature);
  }

  public static void writePromise(RlpWriter out, Signed<Promise> signed) {
    Promise p = signed.object();
    out.startList()
        .integer(p.kind())
        .hash(p.clusterId())
        .integer(p.windowSlot())
        .bytes(p.body())
        .integer(p.coverageWei())
        .integer(p.deadlineTick())
        .integer(p.nonce());
    writeCtx(out, signed.ctx());
    out.bytes(signed.signature().toBytes()).endList();
  }

  public static Signed<Promise> readPromise(RlpReader in) throws DecodeException {
    RlpReader list = in.list();
    long kind = list.integer();
    var clusterId = list.hash();
    long windowSlot = list.integer();
    var body = list.bytes(MAX_PROMISE_BODY_BYTES);
    var coverageWei = list.uint256();
    long deadlineTick = list.integer();
    long nonce = list.integer();
    Ctx ctx = readCtx(list);
    Signature signature = Signature.fromBytes(list.bytes(Signature.LENGTH_BYTES));
    list.end();
    Promise promise =
        new Promise(
            (int) Math.min(255, kind),
            clusterId,
            windowSlot,
            body,
            coverageWei,
            deadlineTick,
            ctx.hash(),
            nonce);
    promise.said();
    return new Signed<>(promise, ctx, signature);
  }

  public static void writeCtx(RlpWriter out, Ctx ctx) {
    out.startList()
        .integer(ctx.anchorNumber())
        .hash(ctx.anchorHash())
        .hash(ctx.windowParent())
        .integer(ctx.flags())
        .endList();
  }

  public static Ctx readCtx(RlpReader in) throws DecodeException {
    RlpReader list = in.list();
    long anchorNumber = list.integer();
    var anchorHash = list.hash();
    var windowParent = list.hash();
    long flags = list.integer();
    list.end();
    if (flags > 7) {
      throw new DecodeException("flags of a ctx are at most 7, got " + flags);
    }
    return new Ctx(anchorNumber, anchorHash, windowParent, (int) flags);
  }
}
