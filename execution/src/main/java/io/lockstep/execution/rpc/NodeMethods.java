// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcMethod;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the node is: {@code net_*}, {@code web3_*} and the like. */
final class NodeMethods {
  private final ChainView view;

  NodeMethods(ChainView view) {
    this.view = view;
  }

  void addTo(Map<String, RpcMethod> methods) {
    methods.put("eth_chainId", params -> Params.quantity(view.chainId()));
    methods.put("eth_syncing", params -> syncing());
    methods.put("eth_accounts", params -> RpcJson.NODES.arrayNode());
    methods.put("eth_coinbase", params -> Params.text(view.newestEnv().coinbase()));
    methods.put("eth_capabilities", params -> capabilities());
    methods.put(
        "net_version",
        params -> RpcJson.NODES.stringNode(view.chainId().toBigInteger().toString()));
    methods.put("net_listening", params -> RpcJson.NODES.booleanNode(true));
    methods.put("net_peerCount", params -> Params.quantity(view.peerCount()));
    methods.put("web3_clientVersion", params -> RpcJson.NODES.stringNode(view.clientVersion()));
    methods.put(
        "web3_sha3",
        params -> Params.text(Keccak.hash(Params.bytes(Params.required(params, 0), "data"))));
  }

  private JsonNode syncing() {
    if (!view.isSyncing()) {
      return RpcJson.NODES.booleanNode(false);
    }
    // How far there is to go is not known before it is derived.
    String head = RpcJson.quantity(view.latest().number());
    return RpcJson.NODES
        .objectNode()
        .put("startingBlock", RpcJson.quantity(view.genesis().number()))
        .put("currentBlock", head)
        .put("highestBlock", head);
  }

  /** Blocks and what came of them stay; old states may go. */
  private JsonNode capabilities() {
    ObjectNode node = RpcJson.NODES.objectNode();
    ObjectNode head = node.putObject("head");
    RpcJson.putQuantity(head, "number", view.latest().number());
    head.put("hash", view.latestHash().toHex());
    putState(node.putObject("state"));
    String oldest = RpcJson.quantity(view.genesis().number());
    for (String kind : new String[] {"tx", "logs", "receipts", "blocks"}) {
      node.putObject(kind).put("disabled", false).put("oldestBlock", oldest);
    }
    putState(node.putObject("stateproofs"));
    return node;
  }

  private void putState(ObjectNode node) {
    node.put("disabled", false).put("oldestBlock", RpcJson.quantity(view.oldestState()));
    Long history = view.stateHistoryBlocks();
    if (history != null) {
      node.putObject("deleteStrategy")
          .put("type", "window")
          .put("retentionBlocks", RpcJson.quantity(history));
    }
  }
}
