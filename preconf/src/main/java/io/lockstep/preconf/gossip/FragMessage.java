// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A signed frag with what it commits to: the transactions in their order, with the hash of each
 * receipt. The leaves' other fields follow from the part they stand in.
 *
 * @param operatorId who signed, as the registry numbers operators
 * @param parts one for each rollup that has transactions in this frag
 */
public record FragMessage(Signed<Frag> frag, int operatorId, List<Part> parts) {
  /** Most transactions of one frag; a builder closes a frag before. */
  public static final int MAX_TRANSACTIONS = 4096;

  public FragMessage {
    parts = List.copyOf(parts);
  }

  /**
   * One rollup's share.
   *
   * @param firstTxIdx index of the first of these transactions in the block
   */
  public record Part(
      long rollupId,
      long number,
      Hash32 parentHash,
      long firstTxIdx,
      List<Transaction> transactions,
      List<Hash32> receiptHashes) {
    public Part {
      transactions = List.copyOf(transactions);
      receiptHashes = List.copyOf(receiptHashes);
      if (transactions.size() != receiptHashes.size()) {
        throw new IllegalArgumentException("a receipt hash for each transaction");
      }
    }

    TxLeaf leaf(int index) {
      return new TxLeaf(
          rollupId,
          number,
          parentHash,
          firstTxIdx + index,
          transactions.get(index).hash(),
          receiptHashes.get(index));
    }
  }

  /** The leaves under {@code bodyRoot}, in order. */
  public List<TxLeaf> leaves() {
    return leaves(parts);
  }

  public static List<TxLeaf> leaves(List<Part> parts) {
    List<TxLeaf> out = new ArrayList<>();
    for (Part part : parts) {
      for (int i = 0; i < part.transactions.size(); i++) {
        out.add(part.leaf(i));
      }
    }
    return out;
  }

  /** The tree over {@link #leaves()}. */
  public static MerkleTree tree(List<TxLeaf> leaves) {
    return new MerkleTree(leaves.stream().map(TxLeaf::words).toList());
  }

  public Bytes encoded() {
    RlpWriter out = new RlpWriter(512).startList();
    SignedCodec.writeFrag(out, frag);
    out.integer(operatorId).startList();
    for (Part part : parts) {
      out.startList()
          .integer(part.rollupId)
          .integer(part.number)
          .hash(part.parentHash)
          .integer(part.firstTxIdx)
          .startList();
      part.transactions.forEach(tx -> out.bytes(tx.encoded()));
      out.endList().startList();
      part.receiptHashes.forEach(out::hash);
      out.endList().endList();
    }
    return out.endList().endList().toBytes();
  }

  /**
   * Decodes and checks that the parts lead to the signed {@code bodyRoot}; the signer is not
   * checked here.
   */
  public static FragMessage decode(Bytes bytes) throws DecodeException {
    RlpReader whole = RlpReader.over(bytes);
    RlpReader in = whole.list();
    whole.end();
    Signed<Frag> frag = SignedCodec.readFrag(in);
    long operatorId = in.integer();
    List<Part> parts = new ArrayList<>();
    RlpReader list = in.list();
    Set<Long> rollupIds = new HashSet<>();
    int count = 0;
    while (list.hasNext()) {
      RlpReader entry = list.list();
      long rollupId = entry.integer();
      long number = entry.integer();
      Hash32 parentHash = entry.hash();
      long firstTxIdx = entry.integer();
      List<Transaction> transactions = new ArrayList<>();
      RlpReader txs = entry.list();
      while (txs.hasNext()) {
        if (++count > MAX_TRANSACTIONS) {
          throw new DecodeException("more than " + MAX_TRANSACTIONS + " transactions in a frag");
        }
        transactions.add(TransactionCodec.decode(txs.bytes(SealMessage.MAX_TRANSACTION_BYTES)));
      }
      List<Hash32> receiptHashes = new ArrayList<>();
      RlpReader hashes = entry.list();
      while (hashes.hasNext()) {
        receiptHashes.add(hashes.hash());
      }
      entry.end();
      if (receiptHashes.size() != transactions.size()) {
        throw new DecodeException("a frag has a receipt hash for each transaction");
      }
      // One frag has one form: neither of these would show in the leaves.
      if (transactions.isEmpty()) {
        throw new DecodeException("a part of a frag without transactions");
      }
      if (!rollupIds.add(rollupId)) {
        throw new DecodeException("two parts of rollup " + rollupId + " in a frag");
      }
      parts.add(new Part(rollupId, number, parentHash, firstTxIdx, transactions, receiptHashes));
    }
    in.end();
    if (operatorId > Integer.MAX_VALUE) {
      throw new DecodeException("operator id " + operatorId);
    }
    FragMessage message = new FragMessage(frag, (int) operatorId, parts);
    if (!tree(message.leaves()).root().equals(frag.object().bodyRoot())) {
      throw new DecodeException("the transactions of a frag do not lead to its signed bodyRoot");
    }
    return message;
  }
}
