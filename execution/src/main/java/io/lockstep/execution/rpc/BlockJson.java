// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.LogsBloom;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Blocks and headers in the form of execution-apis. Any thread. */
final class BlockJson {
  private BlockJson() {}

  /** A header, as {@code newHeads} gives it. */
  static ObjectNode header(BlockHeader header, Hash32 hash) {
    ObjectNode node = RpcJson.NODES.objectNode();
    RpcJson.putQuantity(node, "number", header.number());
    node.put("hash", hash.toHex());
    node.put("parentHash", header.parentHash().toHex());
    node.put("sha3Uncles", header.ommersHash().toHex());
    node.put("logsBloom", header.logsBloom().toHex());
    node.put("transactionsRoot", header.transactionsRoot().toHex());
    node.put("stateRoot", header.stateRoot().toHex());
    node.put("receiptsRoot", header.receiptsRoot().toHex());
    node.put("miner", header.coinbase().toHex());
    RpcJson.putQuantity(node, "difficulty", header.difficulty());
    node.put("extraData", header.extraData().toHex());
    RpcJson.putQuantity(node, "gasLimit", header.gasLimit());
    RpcJson.putQuantity(node, "gasUsed", header.gasUsed());
    RpcJson.putQuantity(node, "timestamp", header.timestampSeconds());
    node.put("mixHash", header.prevRandao().toHex());
    node.put("nonce", header.nonce().toHex());
    if (header.baseFeePerGas() != null) {
      RpcJson.putQuantity(node, "baseFeePerGas", header.baseFeePerGas());
    }
    RpcJson.putIfPresent(node, "withdrawalsRoot", header.withdrawalsRoot());
    if (header.blobGasUsed() != null) {
      RpcJson.putQuantity(node, "blobGasUsed", header.blobGasUsed());
    }
    if (header.excessBlobGas() != null) {
      RpcJson.putQuantity(node, "excessBlobGas", header.excessBlobGas());
    }
    RpcJson.putIfPresent(node, "parentBeaconBlockRoot", header.parentBeaconBlockRoot());
    RpcJson.putIfPresent(node, "requestsHash", header.requestsHash());
    return node;
  }

  static ObjectNode block(ForkSchedule forks, Block block, Hash32 hash, boolean full) {
    ObjectNode node = header(block.header(), hash);
    RpcJson.putQuantity(node, "size", block.encoded().size());
    transactions(node, block.transactions(), Inclusion.sealed(forks, block.header(), hash), full);
    ArrayNode uncles = node.putArray("uncles");
    block.ommers().forEach(ommer -> uncles.add(ommer.hash().toHex()));
    List<Withdrawal> withdrawals = block.withdrawals();
    if (withdrawals != null) {
      ArrayNode list = node.putArray("withdrawals");
      withdrawals.forEach(each -> list.add(withdrawal(each)));
    }
    return node;
  }

  /** The released part of the open block: what only a seal fixes is null or zero. */
  static ObjectNode open(
      ForkSchedule forks,
      BlockEnv env,
      List<Transaction> transactions,
      List<Receipt> receipts,
      boolean full) {
    Block block = Block.of(openHeader(env, transactions, receipts), transactions);
    ObjectNode node = header(block.header(), Hash32.ZERO);
    node.putNull("hash").putNull("nonce");
    RpcJson.putQuantity(node, "size", block.encoded().size());
    transactions(node, transactions, Inclusion.open(forks, env), full);
    node.putArray("uncles");
    node.putArray("withdrawals");
    return node;
  }

  private static BlockHeader openHeader(
      BlockEnv env, List<Transaction> transactions, List<Receipt> receipts) {
    long blobs =
        transactions.stream()
            .filter(tx -> tx.type() == TransactionType.BLOB)
            .mapToLong(tx -> tx.blobVersionedHashes().size())
            .sum();
    return new BlockHeader(
        env.parentHash(),
        Keccak.EMPTY_LIST,
        env.coinbase(),
        Hash32.ZERO,
        BlockRules.transactionsRoot(transactions),
        BlockRules.receiptsRoot(receipts),
        LogsBloom.union(receipts.stream().map(Receipt::bloom).toList()),
        env.difficulty(),
        env.number(),
        env.gasLimit(),
        receipts.isEmpty() ? 0 : receipts.getLast().cumulativeGasUsed(),
        env.timestampSeconds(),
        env.extraData(),
        env.prevRandao(),
        BlockHeader.ZERO_NONCE,
        env.baseFeePerGas(),
        Keccak.EMPTY_TRIE_ROOT,
        (Long) (blobs * BlobParams.GAS_PER_BLOB),
        (Long) env.excessBlobGas(),
        env.parentBeaconBlockRoot(),
        null);
  }

  private static void transactions(
      ObjectNode node, List<Transaction> transactions, Inclusion in, boolean full) {
    ArrayNode list = node.putArray("transactions");
    for (int i = 0; i < transactions.size(); i++) {
      if (full) {
        list.add(TransactionJson.of(transactions.get(i), in, i));
      } else {
        list.add(transactions.get(i).hash().toHex());
      }
    }
  }

  private static ObjectNode withdrawal(Withdrawal each) {
    ObjectNode node = RpcJson.NODES.objectNode();
    RpcJson.putQuantity(node, "index", each.index());
    RpcJson.putQuantity(node, "validatorIndex", each.validatorIndex());
    node.put("address", each.address().toHex());
    RpcJson.putQuantity(node, "amount", each.amountGwei());
    return node;
  }
}
