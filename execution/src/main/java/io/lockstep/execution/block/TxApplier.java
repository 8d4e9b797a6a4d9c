// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.evm.BlockContext;
import io.lockstep.execution.evm.Creates;
import io.lockstep.execution.evm.Engine;
import io.lockstep.execution.evm.Evm;
import io.lockstep.execution.evm.Message;
import io.lockstep.execution.evm.Outcome;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.evm.TxContext;
import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.Account;
import io.lockstep.execution.journal.Code;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.execution.precompile.Precompiles;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.LimbMath;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Applies checked messages to a journaled state: buys gas, warms, runs, refunds, pays. One thread,
 * one block.
 */
final class TxApplier {
  /** EIP-7702: what of a tuple's price an authority that exists gets back. */
  private static final long EXISTING_AUTHORITY_REFUND = 12_500;

  private final Rules rules;
  private final JournaledState state;
  private final BlockContext block;
  private final Evm evm;
  private final long[] word = new long[4];

  TxApplier(Rules rules, JournaledState state, BlockContext block, Engine engine) {
    this(rules, state, block, engine, Precompiles.of(rules.fork));
  }

  TxApplier(
      Rules rules,
      JournaledState state,
      BlockContext block,
      Engine engine,
      Precompiles precompiles) {
    this.rules = rules;
    this.state = state;
    this.block = block;
    this.evm = new Evm(rules, state, block, engine, precompiles);
  }

  /** As {@link Evm#stopWhen}. */
  TxApplier stopWhen(BooleanSupplier question) {
    evm.stopWhen(question);
    return this;
  }

  JournaledState state() {
    return state;
  }

  /** Whether the code of a sender forbids sending (EIP-3607; a delegation does not). */
  boolean hasForeignCode(Account account) {
    return account.hasCode() && !(rules.hasDelegation && state.code(account).delegate() != null);
  }

  /** Applies a message whose sender can pay for it. */
  Applied apply(TxMessage m, @Nullable Tracer tracer) {
    state.beginTransaction();
    Account sender = state.account(m.sender());
    long blobGas = m.blobHashes().size() * BlobParams.GAS_PER_BLOB;
    UInt256 upfront = times(m.gasPrice(), m.gasLimit()).add(times(block.blobBaseFee(), blobGas));
    if (!upfront.isZero()) {
      state.subtractBalance(sender, upfront);
    }
    long nonce = sender.nonce();
    state.setNonce(sender, nonce + 1);
    Address to = m.to();
    Address created = to == null ? Creates.addressOf(m.sender(), nonce) : null;
    warm(m, to == null ? created : to);
    m.authorizations().forEach(this::delegate);
    long gas =
        m.gasLimit()
            - IntrinsicGas.of(
                rules, to == null, m.data(), m.accessList(), m.authorizations().size());
    evm.trace(tracer);
    Outcome outcome =
        evm.run(
            new Message(m.sender(), to, created, m.value(), m.data(), gas),
            new TxContext(m.sender(), m.gasPrice(), m.blobHashes()));
    evm.trace(null);
    long spent = m.gasLimit() - outcome.gasLeft();
    long refund = Math.min(state.refund(), spent / rules.refundDivisor);
    long used = Math.max(spent - refund, IntrinsicGas.floor(rules, m.data()));
    settle(m, sender, used);
    List<Log> logs = state.logs();
    state.endTransaction(rules.clearsEmpty);
    return new Applied(outcome, used, Math.max(spent, used), logs);
  }

  /** A call of the protocol itself (EIP-4788 and later): no fee, no nonce, no value. */
  Outcome systemCall(Address caller, Address to, Bytes data, long gas) {
    state.beginTransaction();
    Outcome outcome =
        evm.run(
            Message.call(caller, to, UInt256.ZERO, data, gas),
            new TxContext(caller, UInt256.ZERO, List.of()));
    state.endTransaction(rules.clearsEmpty);
    return outcome;
  }

  private void settle(TxMessage m, Account sender, long used) {
    UInt256 back = times(m.gasPrice(), m.gasLimit() - used);
    if (!back.isZero()) {
      state.addBalance(sender, back);
    }
    UInt256 tip =
        m.gasPrice().compareTo(block.baseFee()) < 0
            ? UInt256.ZERO
            : times(m.gasPrice().subtract(block.baseFee()), used);
    Account coinbase = state.account(block.coinbase());
    if (tip.isZero()) {
      state.touch(coinbase, rules.clearsEmpty);
    } else {
      state.addBalance(coinbase, tip);
    }
  }

  private void warm(TxMessage m, @Nullable Address target) {
    if (!rules.tracksWarmth) {
      return;
    }
    state.warm(state.account(m.sender()));
    if (target != null) {
      state.warm(state.account(target));
    }
    if (rules.fork.isAtLeast(Fork.SHANGHAI)) {
      state.warm(state.account(block.coinbase()));
    }
    for (AccessListEntry entry : m.accessList()) {
      Account account = state.account(entry.address());
      state.warm(account);
      for (Hash32 key : entry.storageKeys()) {
        LimbMath.set(word, 0, UInt256.of(key));
        state.warmSlot(state.slot(account, word, 0));
      }
    }
  }

  /** EIP-7702: sets or clears a delegation; a tuple that does not hold is skipped. */
  private void delegate(Authorization tuple) {
    if ((!tuple.chainId().isZero() && !tuple.chainId().equals(block.chainId()))
        || tuple.nonce() == -1) {
      return;
    }
    Address signer = tuple.authority();
    if (signer == null) {
      return;
    }
    Account authority = state.account(signer);
    state.warm(authority);
    if (hasForeignCode(authority) || authority.nonce() != tuple.nonce()) {
      return;
    }
    if (authority.exists()) {
      state.addRefund(EXISTING_AUTHORITY_REFUND);
    }
    state.setCode(
        authority,
        tuple.address().equals(Address.ZERO) ? Bytes.EMPTY : Code.delegation(tuple.address()));
    state.setNonce(authority, authority.nonce() + 1);
  }

  /** A price times an amount of gas; the sender's balance bounds what is meaningful. */
  static UInt256 times(UInt256 price, long amount) {
    return price.isZero() || amount == 0 ? UInt256.ZERO : price.multiply(UInt256.of(amount));
  }
}
