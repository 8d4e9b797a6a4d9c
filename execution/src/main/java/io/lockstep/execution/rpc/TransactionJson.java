// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Transactions in the form of execution-apis. Any thread. */
public final class TransactionJson {
  /** EIP-155. */
  private static final UInt256 PROTECTED_V = UInt256.of(35);

  private static final int UNPROTECTED_V = 27;

  private TransactionJson() {}

  /** A transaction that waits: its place is null and its gas price the cap. */
  public static ObjectNode waiting(Transaction tx) {
    return of(tx, null, 0);
  }

  static ObjectNode of(Transaction tx, @Nullable Inclusion in, int index) {
    return of(tx, sender(tx), in, index);
  }

  static ObjectNode of(
      Transaction tx, @Nullable Address sender, @Nullable Inclusion in, int index) {
    ObjectNode node = RpcJson.NODES.objectNode();
    node.put("type", RpcJson.quantity(tx.type().id()));
    if (in == null) {
      node.putNull("blockHash").putNull("blockNumber").putNull("blockTimestamp");
      node.putNull("transactionIndex");
    } else {
      node.put("blockHash", in.blockHash().toHex());
      RpcJson.putQuantity(node, "blockNumber", in.blockNumber());
      RpcJson.putQuantity(node, "blockTimestamp", in.timestampSeconds());
      RpcJson.putQuantity(node, "transactionIndex", index);
    }
    node.put("hash", tx.hash().toHex());
    RpcJson.putOrNull(node, "from", sender);
    RpcJson.putOrNull(node, "to", tx.to());
    RpcJson.putQuantity(node, "nonce", tx.nonce());
    RpcJson.putQuantity(node, "gas", tx.gasLimit());
    RpcJson.putQuantity(node, "value", tx.value());
    node.put("input", tx.data().toHex());
    fees(node, tx, in);
    UInt256 chainId = tx.chainId();
    if (chainId != null) {
      RpcJson.putQuantity(node, "chainId", chainId);
    }
    if (tx.type() != TransactionType.LEGACY) {
      node.set("accessList", accessList(tx.accessList()));
    }
    if (tx.type() == TransactionType.BLOB) {
      ArrayNode hashes = node.putArray("blobVersionedHashes");
      tx.blobVersionedHashes().forEach(hash -> hashes.add(hash.toHex()));
    }
    if (tx.type() == TransactionType.SET_CODE) {
      ArrayNode list = node.putArray("authorizationList");
      tx.authorizations().forEach(each -> list.add(authorization(each)));
    }
    signature(node, tx);
    return node;
  }

  private static void fees(ObjectNode node, Transaction tx, @Nullable Inclusion in) {
    if (tx.type() == TransactionType.LEGACY || tx.type() == TransactionType.ACCESS_LIST) {
      RpcJson.putQuantity(node, "gasPrice", tx.maxFeePerGas());
      return;
    }
    RpcJson.putQuantity(
        node, "gasPrice", in == null ? tx.maxFeePerGas() : tx.effectiveGasPrice(in.baseFee()));
    RpcJson.putQuantity(node, "maxFeePerGas", tx.maxFeePerGas());
    RpcJson.putQuantity(node, "maxPriorityFeePerGas", tx.maxPriorityFeePerGas());
    if (tx.type() == TransactionType.BLOB) {
      RpcJson.putQuantity(node, "maxFeePerBlobGas", tx.maxFeePerBlobGas());
    }
  }

  private static void signature(ObjectNode node, Transaction tx) {
    int yParity = tx.signature().yParity();
    UInt256 chainId = tx.chainId();
    if (tx.type() != TransactionType.LEGACY) {
      RpcJson.putQuantity(node, "yParity", yParity);
      RpcJson.putQuantity(node, "v", yParity);
    } else if (chainId == null) {
      RpcJson.putQuantity(node, "v", UNPROTECTED_V + yParity);
    } else {
      RpcJson.putQuantity(
          node, "v", chainId.add(chainId).add(PROTECTED_V).add(UInt256.of(yParity)));
    }
    RpcJson.putQuantity(node, "r", tx.signature().r());
    RpcJson.putQuantity(node, "s", tx.signature().s());
  }

  static ArrayNode accessList(List<AccessListEntry> entries) {
    ArrayNode list = RpcJson.NODES.arrayNode();
    for (AccessListEntry entry : entries) {
      ObjectNode node = list.addObject().put("address", entry.address().toHex());
      ArrayNode keys = node.putArray("storageKeys");
      entry.storageKeys().forEach(key -> keys.add(key.toHex()));
    }
    return list;
  }

  private static ObjectNode authorization(Authorization each) {
    ObjectNode node = RpcJson.NODES.objectNode();
    RpcJson.putQuantity(node, "chainId", each.chainId());
    node.put("address", each.address().toHex());
    RpcJson.putQuantity(node, "nonce", each.nonce());
    RpcJson.putQuantity(node, "yParity", each.yParity());
    RpcJson.putQuantity(node, "r", each.r());
    RpcJson.putQuantity(node, "s", each.s());
    return node;
  }

  /** Who signed; a Frontier block may hold a signature with a high s. */
  static @Nullable Address sender(Transaction tx) {
    Address sender = tx.sender();
    return sender == null ? tx.senderBeforeHomestead() : sender;
  }
}
