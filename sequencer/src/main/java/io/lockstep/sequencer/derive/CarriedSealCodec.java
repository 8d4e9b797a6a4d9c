// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.gossip.SignedCodec;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.batch.TableEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * The seal of a carried run as it stands in a batch: the signed seal and, for the last tick's block
 * of each rollup, the path to {@code blocksRoot}. Parent hashes tie the earlier ticks to it.
 */
public final class CarriedSealCodec {
  private static final int MAX_PATH = 16;
  private static final int MAX_ROLLUPS = 64;

  private CarriedSealCodec() {}

  /** A signed seal with what leads from the last tick's block of each rollup to it. */
  record CarriedRun(Signed<Seal> seal, List<Branch> branches) {
    /** Whether the seal covers these blocks, the last of the run, one for each rollup in order. */
    boolean covers(List<TableEntry> lastBlocks) {
      if (branches.size() != lastBlocks.size()) {
        return false;
      }
      for (int i = 0; i < branches.size(); i++) {
        TableEntry entry = lastBlocks.get(i);
        // The parent need not be checked further: the block's hash fixes it.
        BlockLeaf leaf =
            new BlockLeaf(
                entry.tick(),
                entry.rollupId(),
                entry.number(),
                entry.blockHash(),
                branches.get(i).parentHash);
        if (!MerkleTree.fold(leaf.words(), branches.get(i).path)
            .equals(seal.object().blocksRoot())) {
          return false;
        }
      }
      return true;
    }
  }

  /** A block's parent and its siblings up to {@code blocksRoot}. */
  record Branch(Hash32 parentHash, List<Hash32> path) {}

  public static Bytes encode(SealMessage message) {
    RlpWriter out = new RlpWriter(512).startList();
    SignedCodec.writeSeal(out, message.seal());
    out.startList();
    for (SealMessage.SealedBlock block : message.blocks()) {
      out.startList().hash(block.leaf().parentHash());
      block.path().forEach(out::hash);
      out.endList();
    }
    return out.endList().endList().toBytes();
  }

  static CarriedRun decode(Bytes bytes) throws DecodeException {
    RlpReader whole = RlpReader.over(bytes);
    RlpReader in = whole.list();
    whole.end();
    Signed<Seal> seal = SignedCodec.readSeal(in);
    List<Branch> branches = new ArrayList<>();
    RlpReader lists = in.list();
    while (lists.hasNext()) {
      if (branches.size() == MAX_ROLLUPS) {
        throw new DecodeException("more than " + MAX_ROLLUPS + " paths with a seal");
      }
      List<Hash32> path = new ArrayList<>();
      RlpReader hashes = lists.list();
      Hash32 parentHash = hashes.hash();
      while (hashes.hasNext()) {
        if (path.size() == MAX_PATH) {
          throw new DecodeException("a path of more than " + MAX_PATH + " hashes");
        }
        path.add(hashes.hash());
      }
      branches.add(new Branch(parentHash, path));
    }
    in.end();
    return new CarriedRun(seal, branches);
  }
}
