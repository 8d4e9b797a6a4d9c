// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/**
 * A signed seal with the bodies of its tick: enough for anyone who has the parent and the anchor to
 * rebuild the blocks, and to carry them to L1 should the signer not do so.
 *
 * @param operatorId who signed, as the registry numbers operators
 * @param blocks one for each rollup of the cluster
 */
public record SealMessage(Signed<Seal> seal, int operatorId, List<SealedBlock> blocks) {
  /** Protocol §3: bytes of one L2 transaction. */
  public static final int MAX_TRANSACTION_BYTES = 128 * 1024;

  private static final int MAX_BLOCKS = 64;
  private static final int MAX_PATH = 64;

  public SealMessage {
    blocks = List.copyOf(blocks);
  }

  /**
   * One rollup's block of the tick.
   *
   * @param path from the leaf to the signed {@code blocksRoot}
   * @param gasLimit the block's
   * @param transactions without the system transaction, which everybody builds alike
   */
  public record SealedBlock(
      BlockLeaf leaf, List<Hash32> path, long gasLimit, List<Transaction> transactions) {
    public SealedBlock {
      path = List.copyOf(path);
      transactions = List.copyOf(transactions);
    }
  }

  public long tick() {
    return seal.object().tick();
  }

  public Bytes encoded() {
    RlpWriter out = new RlpWriter(1024).startList();
    SignedCodec.writeSeal(out, seal);
    out.integer(operatorId).startList();
    for (SealedBlock block : blocks) {
      out.startList()
          .integer(block.leaf.rollupId())
          .integer(block.leaf.number())
          .hash(block.leaf.blockHash())
          .hash(block.leaf.parentHash())
          .integer(block.gasLimit)
          .startList();
      block.path.forEach(out::hash);
      out.endList().startList();
      block.transactions.forEach(tx -> out.bytes(tx.encoded()));
      out.endList().endList();
    }
    return out.endList().endList().toBytes();
  }

  /**
   * Decodes and checks that every block leads to the signed {@code blocksRoot}; the signer is not
   * checked here.
   */
  public static SealMessage decode(Bytes bytes) throws DecodeException {
    return decode(bytes, true);
  }

  /** The same with no block's transactions, which are most of the work. */
  public static SealMessage decodeHead(Bytes bytes) throws DecodeException {
    return decode(bytes, false);
  }

  private static SealMessage decode(Bytes bytes, boolean bodies) throws DecodeException {
    RlpReader whole = RlpReader.over(bytes);
    RlpReader in = whole.list();
    whole.end();
    Signed<Seal> seal = SignedCodec.readSeal(in);
    long operatorId = in.integer();
    if (operatorId > Integer.MAX_VALUE) {
      throw new DecodeException("operator id " + operatorId);
    }
    List<SealedBlock> blocks = new ArrayList<>();
    RlpReader list = in.list();
    while (list.hasNext()) {
      if (blocks.size() == MAX_BLOCKS) {
        throw new DecodeException("more than " + MAX_BLOCKS + " blocks in a tick");
      }
      blocks.add(readBlock(list.list(), seal.object(), bodies));
    }
    in.end();
    if (blocks.isEmpty()) {
      throw new DecodeException("a seal without blocks");
    }
    return new SealMessage(seal, (int) operatorId, blocks);
  }

  private static SealedBlock readBlock(RlpReader in, Seal seal, boolean bodies)
      throws DecodeException {
    BlockLeaf leaf = new BlockLeaf(seal.tick(), in.integer(), in.integer(), in.hash(), in.hash());
    long gasLimit = in.integer();
    List<Hash32> path = new ArrayList<>();
    RlpReader hashes = in.list();
    while (hashes.hasNext()) {
      if (path.size() == MAX_PATH) {
        throw new DecodeException("a path of more than " + MAX_PATH + " hashes");
      }
      path.add(hashes.hash());
    }
    List<Transaction> transactions = new ArrayList<>();
    RlpReader txs = in.list();
    while (bodies && txs.hasNext()) {
      transactions.add(TransactionCodec.decode(txs.bytes(MAX_TRANSACTION_BYTES)));
    }
    in.end();
    if (!MerkleTree.fold(leaf.words(), path).equals(seal.blocksRoot())) {
      throw new DecodeException("a block of a seal does not lead to its signed blocksRoot");
    }
    return new SealedBlock(leaf, path, gasLimit, transactions);
  }
}
