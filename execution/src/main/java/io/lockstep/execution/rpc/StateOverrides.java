// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.Overlay;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The state override set of eth_call: accounts as they are not, for one call. */
final class StateOverrides {
  private static final int MAX_ACCOUNTS = 1_000;
  private static final int MAX_SLOTS = 10_000;

  private StateOverrides() {}

  /** Lays the overrides over a state; null leaves it as it is. */
  static StateReader apply(@Nullable JsonNode overrides, StateReader below) throws RpcError {
    if (overrides == null) {
      return below;
    }
    if (!overrides.isObject() || overrides.size() > MAX_ACCOUNTS) {
      throw RpcError.invalidParams(
          "state overrides: expected an object of at most " + MAX_ACCOUNTS + " accounts");
    }
    Map<Address, StateDiff.AccountChange> accounts = new HashMap<>();
    Map<Hash32, Bytes> codes = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : overrides.properties()) {
      Address address =
          Params.address(RpcJson.NODES.stringNode(entry.getKey()), "state overrides: account");
      accounts.put(address, change(address, entry.getValue(), below, codes));
    }
    return new Overlay(below, new StateDiff(Map.copyOf(accounts), Map.copyOf(codes)));
  }

  private static StateDiff.AccountChange change(
      Address address, JsonNode wanted, StateReader below, Map<Hash32, Bytes> codes)
      throws RpcError {
    AccountState before = below.account(address);
    AccountState base = before == null ? AccountState.EMPTY : before;
    if (present(wanted, "movePrecompileToAddress") != null) {
      throw RpcError.invalidParams("state overrides: precompiles cannot be moved here");
    }
    JsonNode nonce = present(wanted, "nonce");
    JsonNode balance = present(wanted, "balance");
    JsonNode code = present(wanted, "code");
    Hash32 codeHash = base.codeHash();
    if (code != null) {
      Bytes bytes = Params.bytes(code, "state overrides: code");
      codeHash = Keccak.hash(bytes);
      codes.put(codeHash, bytes);
    }
    JsonNode state = present(wanted, "state");
    JsonNode stateDiff = present(wanted, "stateDiff");
    if (state != null && stateDiff != null) {
      throw RpcError.invalidParams("account " + address + " has both 'state' and 'stateDiff'");
    }
    return new StateDiff.AccountChange(
        new AccountState(
            nonce == null ? base.nonce() : Params.quantity(nonce, "state overrides: nonce").limb(0),
            balance == null ? base.balance() : Params.quantity(balance, "state overrides: balance"),
            codeHash,
            base.hasStorage()),
        state != null,
        words(state == null ? stateDiff : state));
  }

  private static Map<UInt256, UInt256> words(@Nullable JsonNode words) throws RpcError {
    Map<UInt256, UInt256> out = new HashMap<>();
    if (words == null) {
      return out;
    }
    if (!words.isObject() || words.size() > MAX_SLOTS) {
      throw RpcError.invalidParams(
          "state overrides: expected at most " + MAX_SLOTS + " storage words an account");
    }
    for (Map.Entry<String, JsonNode> word : words.properties()) {
      out.put(
          StateMethods.slot(RpcJson.NODES.stringNode(word.getKey())),
          StateMethods.slot(word.getValue()));
    }
    return out;
  }

  private static @Nullable JsonNode present(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? null : value;
  }
}
