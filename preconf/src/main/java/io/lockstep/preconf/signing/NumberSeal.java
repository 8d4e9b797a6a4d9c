// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.gossip.SignedCodec;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/**
 * One hash that was sealed for a block number.
 *
 * @param tick of the block
 * @param ctx of the seal that claims it: the block's own, or a final one that builds on it
 * @param isFinal whether that seal was signed without the flag PROVISIONAL: only then can it
 *     contradict another (protocol §1.4, §2.5 F1)
 */
record NumberSeal(Hash32 blockHash, Hash32 parentHash, long tick, Ctx ctx, boolean isFinal) {
  static byte[] encoded(List<NumberSeal> seals) {
    RlpWriter out = new RlpWriter(256).startList();
    for (NumberSeal seal : seals) {
      out.startList().hash(seal.blockHash).hash(seal.parentHash).integer(seal.tick);
      SignedCodec.writeCtx(out, seal.ctx);
      out.integer(seal.isFinal ? 1 : 0).endList();
    }
    return out.endList().toArray();
  }

  static List<NumberSeal> decode(byte[] bytes) throws DecodeException {
    List<NumberSeal> out = new ArrayList<>();
    RlpReader whole = RlpReader.over(bytes);
    RlpReader list = whole.list();
    whole.end();
    while (list.hasNext()) {
      RlpReader in = list.list();
      Hash32 blockHash = in.hash();
      Hash32 parentHash = in.hash();
      long tick = in.integer();
      Ctx ctx = SignedCodec.readCtx(in);
      out.add(new NumberSeal(blockHash, parentHash, tick, ctx, in.integer() == 1));
      in.end();
    }
    return out;
  }
}
