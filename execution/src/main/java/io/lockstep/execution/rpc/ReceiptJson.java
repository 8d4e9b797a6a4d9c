// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.fork.BlobParams;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Receipts and logs in the form of execution-apis. Any thread. */
public final class ReceiptJson {
  private ReceiptJson() {}

  /**
   * The receipt of a transaction that is in a sealed block or in a released part of the open one
   * (then its block hash is zero); null for any other.
   */
  public static @Nullable JsonNode of(ChainView view, Hash32 txHash) {
    return TxPlace.find(view, txHash) instanceof TxPlace.Included place ? at(place, view) : null;
  }

  static @Nullable JsonNode at(TxPlace.Included place, ChainView view) {
    List<Receipt> receipts = place.receipts(view);
    return receipts == null ? null : of(place.in(), place.transactions(), receipts, place.index());
  }

  /** All receipts of a block. */
  static ArrayNode all(Inclusion in, List<Transaction> transactions, List<Receipt> receipts) {
    ArrayNode list = RpcJson.NODES.arrayNode();
    int firstLog = 0;
    for (int i = 0; i < receipts.size(); i++) {
      list.add(one(in, transactions, receipts, i, firstLog));
      firstLog += receipts.get(i).logs().size();
    }
    return list;
  }

  static ObjectNode of(
      Inclusion in, List<Transaction> transactions, List<Receipt> receipts, int index) {
    int firstLog = 0;
    for (int i = 0; i < index; i++) {
      firstLog += receipts.get(i).logs().size();
    }
    return one(in, transactions, receipts, index, firstLog);
  }

  private static ObjectNode one(
      Inclusion in,
      List<Transaction> transactions,
      List<Receipt> receipts,
      int index,
      int firstLog) {
    Transaction tx = transactions.get(index);
    Receipt receipt = receipts.get(index);
    long gasBefore = index == 0 ? 0 : receipts.get(index - 1).cumulativeGasUsed();
    Address sender = TransactionJson.sender(tx);
    ObjectNode node = RpcJson.NODES.objectNode();
    node.put("type", RpcJson.quantity(tx.type().id()));
    if (receipt.stateRoot() == null) {
      node.put("status", receipt.success() ? "0x1" : "0x0");
    } else {
      node.put("root", receipt.stateRoot().toHex());
    }
    RpcJson.putQuantity(node, "cumulativeGasUsed", receipt.cumulativeGasUsed());
    node.put("logsBloom", receipt.bloom().toHex());
    ArrayNode logs = node.putArray("logs");
    for (int i = 0; i < receipt.logs().size(); i++) {
      logs.add(log(receipt.logs().get(i), in, tx.hash(), index, firstLog + i, false));
    }
    node.put("transactionHash", tx.hash().toHex());
    RpcJson.putQuantity(node, "transactionIndex", index);
    node.put("blockHash", in.blockHash().toHex());
    RpcJson.putQuantity(node, "blockNumber", in.blockNumber());
    RpcJson.putQuantity(node, "gasUsed", receipt.cumulativeGasUsed() - gasBefore);
    RpcJson.putQuantity(node, "effectiveGasPrice", tx.effectiveGasPrice(in.baseFee()));
    RpcJson.putOrNull(node, "from", sender);
    RpcJson.putOrNull(node, "to", tx.to());
    RpcJson.putOrNull(
        node,
        "contractAddress",
        tx.to() == null && sender != null ? created(sender, tx.nonce()) : null);
    if (tx.type() == TransactionType.BLOB) {
      RpcJson.putQuantity(
          node, "blobGasUsed", tx.blobVersionedHashes().size() * BlobParams.GAS_PER_BLOB);
      RpcJson.putQuantity(node, "blobGasPrice", in.blobBaseFee());
    }
    return node;
  }

  /** The address of a contract that a transaction creates (yellow paper, section 7). */
  private static Address created(Address sender, long nonce) {
    byte[] list = new RlpWriter(32).startList().address(sender).integer(nonce).endList().toArray();
    return Address.read(Keccak.hash(list).toArray(), 12);
  }

  static ObjectNode log(
      Log log, Inclusion in, Hash32 txHash, int txIndex, int logIndex, boolean removed) {
    ObjectNode node = RpcJson.NODES.objectNode().put("address", log.address().toHex());
    ArrayNode topics = node.putArray("topics");
    log.topics().forEach(topic -> topics.add(topic.toHex()));
    node.put("data", log.data().toHex());
    RpcJson.putQuantity(node, "blockNumber", in.blockNumber());
    node.put("transactionHash", txHash.toHex());
    RpcJson.putQuantity(node, "transactionIndex", txIndex);
    node.put("blockHash", in.blockHash().toHex());
    RpcJson.putQuantity(node, "blockTimestamp", in.timestampSeconds());
    RpcJson.putQuantity(node, "logIndex", logIndex);
    return node.put("removed", removed);
  }
}
