// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.state.AccountProof;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Accounts and storage. At {@code latest} they include what has been released of the open block;
 * proofs are of sealed blocks.
 */
final class StateMethods {
  /** Storage words in one eth_getStorageValues or eth_getProof. */
  private static final int MAX_SLOTS = 1_024;

  private final ChainView view;
  private final CallPool pool;

  StateMethods(ChainView view, CallPool pool) {
    this.view = view;
    this.pool = pool;
  }

  void addTo(Map<String, RpcMethod> methods) {
    methods.put("eth_getBalance", params -> Params.quantity(account(params, 1).balance()));
    methods.put("eth_getTransactionCount", this::nonce);
    methods.put("eth_getCode", this::code);
    methods.put("eth_getStorageAt", this::storageAt);
    methods.put("eth_getStorageValues", this::storageValues);
    methods.put("eth_getProof", this::proof);
  }

  private static Address address(JsonNode params) throws RpcError {
    return Params.address(Params.required(params, 0), "invalid argument 0");
  }

  private StateReader state(JsonNode params, int index) throws RpcError {
    BlockParam at = BlockParam.at(params, index);
    return at.isNewest() ? view.newestState() : StatePoint.of(view, at).state();
  }

  private AccountState account(JsonNode params, int blockIndex) throws RpcError {
    Address address = address(params);
    AccountState account = state(params, blockIndex).account(address);
    return account == null ? AccountState.EMPTY : account;
  }

  private JsonNode nonce(JsonNode params) throws RpcError {
    return Params.quantity(
        BlockParam.at(params, 1).isPending()
            ? view.pendingNonce(address(params))
            : account(params, 1).nonce());
  }

  private JsonNode code(JsonNode params) throws RpcError {
    Address address = address(params);
    StateReader state = state(params, 1);
    AccountState account = state.account(address);
    return RpcJson.bytes(
        state.code(account == null ? AccountState.EMPTY.codeHash() : account.codeHash()));
  }

  private JsonNode storageAt(JsonNode params) throws RpcError {
    Address address = address(params);
    UInt256 key = slot(Params.required(params, 1));
    return Params.text(state(params, 2).storage(address, key).toHash());
  }

  private JsonNode storageValues(JsonNode params) throws RpcError {
    JsonNode wanted = Params.required(params, 0);
    if (!wanted.isObject()) {
      throw RpcError.invalidParams("invalid argument 0: expected an object of addresses");
    }
    StateReader state = state(params, 1);
    ObjectNode answer = RpcJson.NODES.objectNode();
    int slots = 0;
    for (Map.Entry<String, JsonNode> entry : wanted.properties()) {
      Address address =
          Params.address(RpcJson.NODES.stringNode(entry.getKey()), "invalid argument 0");
      if (!entry.getValue().isArray()) {
        throw RpcError.invalidParams("invalid argument 0: expected an array of storage keys");
      }
      slots += entry.getValue().size();
      checkSlots(slots);
      ArrayNode values = answer.putArray(entry.getKey());
      for (JsonNode key : entry.getValue()) {
        values.add(state.storage(address, slot(key)).toHash().toHex());
      }
    }
    return answer;
  }

  private static void checkSlots(int slots) throws RpcError {
    if (slots > MAX_SLOTS) {
      throw RpcError.invalidParams("too many slots (max " + MAX_SLOTS + ")");
    }
  }

  private JsonNode proof(JsonNode params) throws RpcError {
    Address address = address(params);
    JsonNode keys = Params.optional(params, 1);
    if (keys != null && !keys.isArray()) {
      throw RpcError.invalidParams("invalid argument 1: expected an array of storage keys");
    }
    List<UInt256> slots = new ArrayList<>();
    List<String> names = new ArrayList<>();
    if (keys != null) {
      checkSlots(keys.size());
      for (JsonNode key : keys) {
        UInt256 slot = slot(key);
        slots.add(slot);
        // A key of full length comes back in full length, any other as a quantity.
        names.add(key.asString().length() == 66 ? slot.toHash().toHex() : slot.toQuantity());
      }
    }
    Hash32 hash = BlockParam.at(params, 2).sealedHash(view);
    if (hash == null || view.header(hash) == null) {
      throw new RpcError(RpcError.SERVER, "header not found");
    }
    return pool.run(() -> proof(hash, address, slots, names));
  }

  private JsonNode proof(Hash32 hash, Address address, List<UInt256> slots, List<String> names)
      throws RpcError {
    AccountProof proof = view.proof(hash, address, slots);
    if (proof == null) {
      throw RpcError.pruned("the state of block " + hash);
    }
    ObjectNode node = RpcJson.NODES.objectNode().put("address", address.toHex());
    ArrayNode path = node.putArray("accountProof");
    proof.proof().forEach(item -> path.add(item.toHex()));
    RpcJson.putQuantity(node, "balance", proof.balance());
    node.put("codeHash", proof.codeHash().toHex());
    RpcJson.putQuantity(node, "nonce", proof.nonce());
    node.put("storageHash", proof.storageRoot().toHex());
    ArrayNode storage = node.putArray("storageProof");
    for (int i = 0; i < proof.storage().size(); i++) {
      AccountProof.StorageProof word = proof.storage().get(i);
      ObjectNode item = storage.addObject().put("key", names.get(i));
      RpcJson.putQuantity(item, "value", word.value());
      ArrayNode wordPath = item.putArray("proof");
      word.proof().forEach(each -> wordPath.add(each.toHex()));
    }
    return node;
  }

  /** A storage key: up to 32 bytes of hex, an odd number of digits included. */
  static UInt256 slot(JsonNode key) throws RpcError {
    String text = key.isString() ? key.asString() : "";
    String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
    if (!key.isString() || !digits.matches("[0-9a-fA-F]*")) {
      throw RpcError.invalidParams("invalid hex in storage key: " + shown(key));
    }
    if (digits.length() > 64) {
      throw RpcError.invalidParams("storage key too long (want at most 32 bytes): " + shown(key));
    }
    return digits.isEmpty() ? UInt256.ZERO : UInt256.of(new BigInteger(digits, 16));
  }

  private static String shown(JsonNode key) {
    String text = key.toString();
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }
}
