// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.evm.Frame;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.fork.Op;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.Code;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run touched as it was before, and with {@code diffMode} what became of it, in the form of
 * geth's {@code prestateTracer}. The run's thread.
 */
final class PrestateTracer implements Tracer {
  private final TraceOptions options;
  private final TraceBudget budget;
  private final Map<Address, Set<UInt256>> touched = new TreeMap<>();
  private final Set<Address> called = new TreeSet<>();
  private final Set<Address> created = new TreeSet<>();

  PrestateTracer(TraceOptions options, TraceBudget budget) {
    this.options = options;
    this.budget = budget;
  }

  /** Says that an account is touched from outside: sender, fee recipient, authorities. */
  void touch(@Nullable Address address) {
    if (address != null && !touched.containsKey(address)) {
      touched.put(address, new TreeSet<>());
      budget.take(8);
    }
  }

  @Override
  public void enter(Frame frame) {
    touch(frame.selfAddress());
    touch(frame.codeAddress());
    if (frame.kind() == Op.CREATE || frame.kind() == Op.CREATE2) {
      created.add(frame.selfAddress());
    } else {
      called.add(frame.codeAddress());
    }
  }

  @Override
  public void exit(Frame frame, int status) {}

  @Override
  public void step(Frame frame, int op) {
    if (budget.isSpent()) {
      return;
    }
    int size = frame.stackSize();
    switch (op) {
      case Op.SLOAD, Op.SSTORE -> {
        if (size >= 1) {
          slot(frame.selfAddress(), frame.stackWord(size - 1));
        }
      }
      case Op.BALANCE, Op.EXTCODESIZE, Op.EXTCODECOPY, Op.EXTCODEHASH, Op.SELFDESTRUCT -> {
        if (size >= 1) {
          touch(address(frame.stackWord(size - 1)));
        }
      }
      case Op.CALL, Op.CALLCODE, Op.DELEGATECALL, Op.STATICCALL -> {
        if (size >= 2) {
          Address callee = address(frame.stackWord(size - 2));
          touch(callee);
          called.add(callee);
        }
      }
      default -> {} // touches nothing
    }
  }

  private void slot(Address address, UInt256 key) {
    touch(address);
    Set<UInt256> slots = touched.get(address);
    if (slots != null && slots.add(key)) {
      budget.take(2);
    }
  }

  private static Address address(UInt256 word) {
    return Address.read(word.toArray(), 12);
  }

  /**
   * What it saw.
   *
   * @param before the state that the run began on
   * @param after the state that it left
   */
  ObjectNode answer(StateReader before, StateReader after) {
    for (Address each : called) {
      touch(Code.of(code(before, before.account(each))).delegate());
    }
    ObjectNode pre = RpcJson.NODES.objectNode();
    ObjectNode post = RpcJson.NODES.objectNode();
    touched.forEach((address, slots) -> {
      AccountState old = before.account(address);
      if (!created.contains(address) || old != null) {
        pre.set(address.toHex(), whole(address, slots, before, old));
      }
      if (options.diff()) {
        difference(address, slots, before, after, pre, post);
      }
    });
    if (!options.diff()) {
      return pre;
    }
    ObjectNode both = RpcJson.NODES.objectNode();
    both.set("post", post);
    both.set("pre", pre);
    return both;
  }

  private ObjectNode whole(
      Address address, Set<UInt256> slots, StateReader state, @Nullable AccountState account) {
    ObjectNode node = RpcJson.NODES.objectNode();
    RpcJson.putQuantity(node, "balance", account == null ? UInt256.ZERO : account.balance());
    Bytes code = code(state, account);
    if (!code.isEmpty() && options.code()) {
      node.put("code", code.toHex());
      budget.take(code.size() / 32);
    }
    if (account != null && account.nonce() != 0) {
      node.put("nonce", account.nonce());
    }
    if (!slots.isEmpty() && options.storage()) {
      ObjectNode words = node.putObject("storage");
      for (UInt256 slot : slots) {
        put(words, slot, state.storage(address, slot));
      }
    }
    return node;
  }

  /** Leaves of {@code pre} what changed, and says in {@code post} to what. */
  private void difference(
      Address address,
      Set<UInt256> slots,
      StateReader before,
      StateReader after,
      ObjectNode pre,
      ObjectNode post) {
    AccountState old = before.account(address);
    AccountState now = after.account(address);
    ObjectNode changed = RpcJson.NODES.objectNode();
    ObjectNode words = RpcJson.NODES.objectNode();
    boolean differs = (old == null) != (now == null);
    if (now != null) {
      AccountState was = old == null ? AccountState.EMPTY : old;
      if (!now.balance().equals(was.balance())) {
        RpcJson.putQuantity(changed, "balance", now.balance());
      }
      if (now.nonce() != was.nonce()) {
        changed.put("nonce", now.nonce());
      }
      if (!now.codeHash().equals(was.codeHash()) && options.code()) {
        changed.put("code", code(after, now).toHex());
      }
    }
    boolean storageDiffers = false;
    if (options.storage()) {
      for (UInt256 slot : slots) {
        UInt256 word = now == null ? UInt256.ZERO : after.storage(address, slot);
        boolean same = word.equals(before.storage(address, slot));
        storageDiffers |= !same;
        if (!same && !word.isZero()) {
          put(words, slot, word);
        }
      }
    }
    if (!words.isEmpty()) {
      changed.set("storage", words);
    }
    if (!differs && !storageDiffers && changed.isEmpty()) {
      pre.remove(address.toHex());
      return;
    }
    if (now != null) {
      post.set(address.toHex(), changed);
    }
    keepChanged(
        pre.get(address.toHex()) instanceof ObjectNode known ? known : null,
        address,
        before,
        now == null ? null : after);
  }

  /** Of the words before, those that were zero or stayed the same are no news. */
  private static void keepChanged(
      @Nullable ObjectNode account,
      Address address,
      StateReader before,
      @Nullable StateReader after) {
    if (account == null || !(account.get("storage") instanceof ObjectNode words)) {
      return;
    }
    for (String name : new ArrayList<>(words.propertyNames())) {
      UInt256 slot = UInt256.of(Hash32.fromHex(name));
      UInt256 was = before.storage(address, slot);
      boolean same = after != null && Objects.equals(was, after.storage(address, slot));
      if (was.isZero() || same) {
        words.remove(name);
      }
    }
    if (words.isEmpty()) {
      account.remove("storage");
    }
  }

  private static void put(ObjectNode words, UInt256 slot, UInt256 word) {
    words.put(slot.toHash().toHex(), word.toHash().toHex());
  }

  private static Bytes code(StateReader state, @Nullable AccountState account) {
    return account == null || account.codeHash().equals(Keccak.EMPTY)
        ? Bytes.EMPTY
        : state.code(account.codeHash());
  }
}
