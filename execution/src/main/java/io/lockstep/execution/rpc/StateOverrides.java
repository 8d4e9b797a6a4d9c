// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.Overlay;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.precompile.Precompiles;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The state override set of eth_call and its like: accounts as they are not, and precompiles where
 * they are not, for one call.
 *
 * @param diff what lies over the state
 * @param precompiles an account that is overridden is none any more
 */
record StateOverrides(StateDiff diff, Precompiles precompiles) {
  private static final int MAX_ACCOUNTS = 1_000;
  private static final int MAX_SLOTS = 10_000;

  /** The code of execution-apis for a precompile that is moved onto itself. */
  private static final int MOVED_TO_ITSELF = -38_022;

  /**
   * Reads a set; null is the empty one.
   *
   * @param known the precompiles of the fork
   */
  static StateOverrides read(@Nullable JsonNode overrides, StateReader below, Precompiles known)
      throws RpcError {
    if (overrides == null) {
      return new StateOverrides(StateDiff.EMPTY, known);
    }
    if (!overrides.isObject() || overrides.size() > MAX_ACCOUNTS) {
      throw RpcError.invalidParams(
          "state overrides: expected an object of at most " + MAX_ACCOUNTS + " accounts");
    }
    Map<Address, StateDiff.AccountChange> accounts = new HashMap<>();
    Map<Hash32, Bytes> codes = new HashMap<>();
    Map<Address, Address> moved = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : overrides.properties()) {
      Address address =
          Params.address(RpcJson.NODES.stringNode(entry.getKey()), "state overrides: account");
      JsonNode to = present(entry.getValue(), "movePrecompileToAddress");
      if (to != null) {
        moved.put(target(address, to, known), address);
      }
      StateDiff.AccountChange change = change(address, entry.getValue(), below, codes);
      if (change != null) {
        accounts.put(address, change);
      }
    }
    return new StateOverrides(
        new StateDiff(Map.copyOf(accounts), Map.copyOf(codes)),
        precompiles(overrides, known, moved));
  }

  private static Address target(Address address, JsonNode to, Precompiles known) throws RpcError {
    if (!known.contains(address)) {
      throw new RpcError(RpcError.SERVER, "account " + address + " is not a precompile");
    }
    Address target = Params.address(to, "state overrides: movePrecompileToAddress");
    if (target.equals(address)) {
      throw new RpcError(MOVED_TO_ITSELF, "precompile " + address + " is moved to itself");
    }
    return target;
  }

  private static Precompiles precompiles(
      JsonNode overrides, Precompiles known, Map<Address, Address> moved) throws RpcError {
    Set<Address> gone = new HashSet<>();
    for (String name : overrides.propertyNames()) {
      Address address = Params.address(RpcJson.NODES.stringNode(name), "state overrides: account");
      if (moved.containsKey(address)) {
        throw new RpcError(RpcError.SERVER, "account " + address + " is already overridden");
      }
      if (known.contains(address)) {
        gone.add(address);
      }
    }
    return gone.isEmpty() ? known : known.with(gone, moved);
  }

  StateReader over(StateReader below) {
    return diff.accounts().isEmpty() ? below : new Overlay(below, diff);
  }

  /** What an override changes; null when it only moves a precompile. */
  private static StateDiff.@Nullable AccountChange change(
      Address address, JsonNode wanted, StateReader below, Map<Hash32, Bytes> codes)
      throws RpcError {
    AccountState before = below.account(address);
    AccountState base = before == null ? AccountState.EMPTY : before;
    JsonNode nonce = present(wanted, "nonce");
    JsonNode balance = present(wanted, "balance");
    JsonNode code = present(wanted, "code");
    JsonNode state = present(wanted, "state");
    JsonNode stateDiff = present(wanted, "stateDiff");
    if (nonce == null && balance == null && code == null && state == null && stateDiff == null) {
      return null;
    }
    if (state != null && stateDiff != null) {
      throw RpcError.invalidParams("account " + address + " has both 'state' and 'stateDiff'");
    }
    Hash32 codeHash = base.codeHash();
    if (code != null) {
      Bytes bytes = Params.bytes(code, "state overrides: code");
      codeHash = Keccak.hash(bytes);
      codes.put(codeHash, bytes);
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
