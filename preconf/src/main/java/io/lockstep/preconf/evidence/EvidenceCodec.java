// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.evidence;

import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.gossip.SignedCodec;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Bytes;
import java.nio.charset.StandardCharsets;

/** Evidence as it is kept: {@code [kind, …]} in RLP. Any thread. */
final class EvidenceCodec {
  private static final int TWO_SEALS = 1;
  private static final int TWO_FRAGS = 2;
  private static final int AFTER_END = 3;
  private static final int POSTED_ANOTHER = 4;
  private static final int DERIVED_TO_NOTHING = 5;

  private static final int MAX_WHY_BYTES = 4_096;

  /** A seal comes with the bodies of its tick. */
  private static final int MAX_SEAL_BYTES = 64 << 20;

  private EvidenceCodec() {}

  static byte[] encode(Evidence evidence) {
    RlpWriter out = new RlpWriter(1_024).startList();
    switch (evidence) {
      case Evidence.TwoSeals e -> {
        out.integer(TWO_SEALS).integer(e.operatorId());
        SignedCodec.writeSeal(out, e.first());
        SignedCodec.writeSeal(out, e.second());
      }
      case Evidence.TwoFrags e -> {
        out.integer(TWO_FRAGS).integer(e.operatorId());
        SignedCodec.writeFrag(out, e.first());
        SignedCodec.writeFrag(out, e.second());
      }
      case Evidence.AfterEnd e -> {
        out.integer(AFTER_END).integer(e.operatorId());
        SignedCodec.writeSeal(out, e.end());
        SignedCodec.writeSeal(out, e.later());
      }
      case Evidence.PostedAnother e ->
          out.integer(POSTED_ANOTHER)
              .bytes(e.seal().encoded())
              .integer(e.batchIndex())
              .hash(e.batchHash());
      case Evidence.DerivedToNothing e ->
          out.integer(DERIVED_TO_NOTHING)
              .integer(e.operatorId())
              .integer(e.windowSlot())
              .integer(e.batchIndex())
              .hash(e.batchHash())
              .bytes(Bytes.wrap(cut(e.why()).getBytes(StandardCharsets.UTF_8)));
    }
    return out.endList().toBytes().toArray();
  }

  /** A reason that quotes what an operator posted may be long; a character has at most 4 bytes. */
  private static String cut(String why) {
    return why.substring(0, Math.min(why.length(), MAX_WHY_BYTES / 4));
  }

  static Evidence decode(byte[] stored) throws DecodeException {
    RlpReader whole = RlpReader.over(Bytes.wrap(stored));
    RlpReader in = whole.list();
    whole.end();
    long kind = in.integer();
    Evidence evidence;
    if (kind == TWO_SEALS) {
      evidence = new Evidence.TwoSeals(id(in), SignedCodec.readSeal(in), SignedCodec.readSeal(in));
    } else if (kind == TWO_FRAGS) {
      evidence = new Evidence.TwoFrags(id(in), SignedCodec.readFrag(in), SignedCodec.readFrag(in));
    } else if (kind == AFTER_END) {
      evidence = new Evidence.AfterEnd(id(in), SignedCodec.readSeal(in), SignedCodec.readSeal(in));
    } else if (kind == POSTED_ANOTHER) {
      evidence =
          new Evidence.PostedAnother(
              SealMessage.decode(in.bytes(MAX_SEAL_BYTES)), in.integer(), in.hash());
    } else if (kind == DERIVED_TO_NOTHING) {
      evidence =
          new Evidence.DerivedToNothing(
              id(in),
              in.integer(),
              in.integer(),
              in.hash(),
              new String(in.bytes(MAX_WHY_BYTES).toArray(), StandardCharsets.UTF_8));
    } else {
      throw new DecodeException("evidence of kind " + kind + " is not known");
    }
    in.end();
    return evidence;
  }

  private static int id(RlpReader in) throws DecodeException {
    long id = in.integer();
    if (id > Integer.MAX_VALUE) {
      throw new DecodeException("operator id " + id);
    }
    return (int) id;
  }
}
