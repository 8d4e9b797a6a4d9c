// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.execution.block.OrderedRoot;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.Carried;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.execution.L1Log;
import io.lockstep.l1client.execution.L1Transaction;
import io.lockstep.node.main.VerifyCommand.Kept;
import io.lockstep.node.main.VerifyCommand.Kept.Verdict;
import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whether a genuine commitment was kept. L1 says which block hashes were posted; a node that is not
 * trusted shows the headers, transactions and receipts that hash to them.
 */
final class KeptCheck {
  private static final long LOG_RANGE_BLOCKS = 5_000;

  /** Blocks between a batch's last one and the one that is looked for: a batch has at most 512. */
  private static final int MAX_STEPS = 1_024;

  private final ClusterFile cluster;
  private final ExecutionClient l1;
  private final RpcCaller node;

  KeptCheck(ClusterFile cluster, ExecutionClient l1, RpcCaller node) {
    this.cluster = cluster;
    this.l1 = l1;
    this.node = node;
  }

  Kept check(Commitment commitment) throws L1Exception, IOException {
    long tick =
        switch (commitment.signed().object()) {
          case Frag frag -> frag.tick();
          case Promise promise -> promise.deadlineTick();
          case Seal seal -> seal.tick();
        };
    try {
      boolean posted = false;
      for (L1Log log : batchLogs()) {
        Hash32 last = lastBlockHash(log, tick, commitment.leaf().rollupId());
        if (last == null) {
          continue;
        }
        posted = true;
        BlockHeader header = header(last);
        // A batch that derived to nothing is known to no node: a later one repeats its ticks.
        if (header != null && header.number() >= commitment.leaf().number()) {
          return compare(commitment.leaf(), header, last);
        }
      }
      return posted
          ? new Kept(Verdict.UNKNOWN, "the node does not show the blocks that were posted")
          : new Kept(Verdict.NOT_POSTED_YET, VerifyCommand.promise(commitment));
    } catch (DecodeException e) {
      return new Kept(Verdict.UNKNOWN, "the node shows something unreadable: " + e.getMessage());
    } catch (Lie e) {
      return new Kept(Verdict.UNKNOWN, "the node shows what L1 does not hold: " + e.getMessage());
    }
  }

  /** The node's answer does not hash to what it must. */
  private static final class Lie extends Exception {
    Lie(String message) {
      super(message);
    }
  }

  private List<L1Log> batchLogs() throws L1Exception, IOException {
    L1Block head = l1.block(BlockTag.LATEST);
    if (head == null) {
      throw new IOException("L1 has no latest block");
    }
    List<L1Log> logs = new ArrayList<>();
    for (long from = cluster.deploymentBlock(); from <= head.number(); from += LOG_RANGE_BLOCKS) {
      logs.addAll(
          l1.logs(
              from,
              Math.min(head.number(), from + LOG_RANGE_BLOCKS - 1),
              cluster.clusterInbox(),
              List.of(ClusterInboxAbi.BATCH_PROPOSED_TOPIC)));
    }
    return logs;
  }

  /**
   * The last block that a batch declares for the rollup, or null when it does not reach the tick.
   */
  private @Nullable Hash32 lastBlockHash(L1Log log, long tick, long rollupId)
      throws L1Exception, IOException {
    L1Transaction tx = l1.transaction(log.txHash());
    if (tx == null) {
      throw new IOException("L1 does not have the transaction " + log.txHash());
    }
    Batch batch;
    try {
      batch = ClusterInboxAbi.decodePropose(tx.input());
    } catch (DecodeException e) {
      return null; // it derives to nothing
    }
    long lastTick = batch.firstTick() <= batch.lastTick() ? batch.lastTick() : -1;
    for (Carried carried : batch.carried()) {
      lastTick = Math.max(lastTick, carried.lastTick());
    }
    if (lastTick < tick) {
      return null;
    }
    for (RollupPart part : batch.rollups()) {
      if (part.rollupId() == rollupId) {
        return part.lastBlockHash();
      }
    }
    return null;
  }

  private Kept compare(TxLeaf leaf, BlockHeader last, Hash32 lastHash)
      throws IOException, DecodeException, Lie {
    BlockHeader header = last;
    Hash32 hash = lastHash;
    for (int steps = 0; header.number() > leaf.number(); steps++) {
      hash = header.parentHash();
      BlockHeader parent = header(hash);
      if (parent == null || steps == MAX_STEPS) {
        return new Kept(Verdict.UNKNOWN, "the node lacks block " + hash);
      }
      header = parent;
    }
    Block block = block(hash, header);
    List<Bytes> receipts = receipts(hash, header);
    int index = (int) Math.min(leaf.txIdx(), Integer.MAX_VALUE);
    if (index >= block.transactions().size()) {
      return broken(
          "block " + header.number() + " has " + block.transactions().size() + " transactions");
    }
    Hash32 posted = block.transactions().get(index).hash();
    if (!posted.equals(leaf.txHash())) {
      return broken("at index " + index + " of block " + header.number() + " stands " + posted);
    }
    Hash32 receiptHash = Keccak.hash(receipts.get(index));
    if (!receiptHash.equals(leaf.receiptHash())) {
      return broken("the receipt is another one, " + receiptHash);
    }
    return new Kept(
        Verdict.KEPT,
        "transaction "
            + leaf.txHash()
            + " stands at index "
            + index
            + " of block "
            + header.number()
            + " with the promised receipt");
  }

  private static Kept broken(String why) {
    return new Kept(Verdict.BROKEN, why);
  }

  private @Nullable BlockHeader header(Hash32 hash) throws IOException, DecodeException, Lie {
    Bytes raw = raw("debug_getRawHeader", hash);
    if (raw == null) {
      return null;
    }
    if (!Keccak.hash(raw).equals(hash)) {
      throw new Lie("header " + Keccak.hash(raw) + " for " + hash);
    }
    return BlockHeader.decode(raw);
  }

  private Block block(Hash32 hash, BlockHeader header) throws IOException, DecodeException, Lie {
    Bytes raw = raw("debug_getRawBlock", hash);
    if (raw == null) {
      throw new IOException("the node has the header but not the block " + hash);
    }
    Block block = Block.decode(raw);
    Hash32 root = OrderedRoot.of(block.transactions().stream().map(tx -> tx.encoded()).toList());
    if (!root.equals(header.transactionsRoot())) {
      throw new Lie("transactions that do not lead to the root of block " + hash);
    }
    return block;
  }

  private List<Bytes> receipts(Hash32 hash, BlockHeader header) throws IOException, Lie {
    List<Bytes> receipts = new ArrayList<>();
    for (JsonNode receipt : node.call("debug_getRawReceipts", hash.toHex())) {
      receipts.add(Bytes.fromHex(receipt.asString()));
    }
    if (!OrderedRoot.of(receipts).equals(header.receiptsRoot())) {
      throw new Lie("receipts that do not lead to the root of block " + hash);
    }
    return receipts;
  }

  /** What a debug method gives for a block by its hash; null when the node does not have it. */
  private @Nullable Bytes raw(String method, Hash32 hash) throws IOException {
    JsonNode answer;
    try {
      answer = node.call(method, hash.toHex());
    } catch (RpcCaller.Answered e) {
      return null;
    }
    return answer.isNull() ? null : Bytes.fromHex(answer.asString());
  }
}
