// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.fork.Op;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.Account;
import io.lockstep.execution.journal.Code;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.execution.precompile.Precompile;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.LimbMath;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How messages begin and end: value moves, marks are taken, code is deposited, failures undone. The
 * one place where an exceptional halt burns the gas. The thread of the {@link Evm}.
 */
final class Messages {
  /** Yellow paper: gas for each byte of deployed code. */
  private static final long CODE_BYTE_GAS = 200;

  private Messages() {}

  /** Begins the transaction's own message. */
  static int begin(Evm evm, Frame f, Message m) {
    JournaledState state = evm.state;
    f.caller = m.caller();
    f.value(m.value().limb(0), m.value().limb(1), m.value().limb(2), m.value().limb(3));
    f.isStatic = false;
    f.gas = m.gas();
    Account payer = state.account(m.caller());
    Address to = m.to();
    Address created = m.created();
    if (to == null && created != null) {
      f.kind = Op.CREATE;
      f.self = state.account(created);
      f.codeAddress = created;
      f.input(Frame.NO_INPUT, 0, 0);
      return beginCreate(evm, f, payer, m.data());
    }
    Account target = state.account(Objects.requireNonNull(to));
    f.kind = Op.CALL;
    f.self = target;
    f.codeAddress = target.address();
    f.input(m.data().unsafeArray(), 0, m.data().size());
    Code code = state.code(target);
    Address delegate = evm.rules.hasDelegation ? code.delegate() : null;
    if (delegate == null) {
      return beginCall(evm, f, payer, code, evm.precompileAt(target.address()));
    }
    Account real = state.account(delegate);
    state.warm(real);
    return beginCall(evm, f, payer, state.code(real), null);
  }

  /**
   * Begins a call whose frame is filled in. {@link Status#CALLING} when its frame must run, else it
   * is over already.
   *
   * @param payer who pays the frame's value to its account; null when nothing moves
   */
  static int beginCall(
      Evm evm, Frame c, @Nullable Account payer, Code code, @Nullable Precompile precompile) {
    c.mark(evm.state);
    if (payer != null) {
      move(evm, c, payer);
    } else if (c.isStatic && c.kind == Op.STATICCALL) {
      evm.state.touch(c.self(), evm.rules.clearsEmpty);
    }
    c.code = code;
    Tracer tracer = evm.tracer();
    if (tracer != null) {
      tracer.enter(c);
    }
    if (precompile == null && code.size() != 0) {
      evm.prepare(c);
      return Status.CALLING;
    }
    evm.returnLength = 0;
    int status = precompile == null ? Status.STOPPED : runPrecompile(evm, c, precompile);
    return close(evm, c, status);
  }

  private static int runPrecompile(Evm evm, Frame c, Precompile precompile) {
    long price = precompile.gas(c.input, c.inputOffset, c.inputLength);
    if (price > c.gas) {
      return Status.OUT_OF_GAS;
    }
    byte[] output = precompile.run(c.input, c.inputOffset, c.inputLength);
    if (output == null) {
      return Status.PRECOMPILE_FAILED;
    }
    c.gas -= price;
    evm.setReturnData(output, 0, output.length);
    return Status.RETURNED;
  }

  /** Begins a creation at the frame's account. */
  static int beginCreate(Evm evm, Frame c, Account payer, Bytes initCode) {
    JournaledState state = evm.state;
    c.mark(state);
    c.code = initCode.isEmpty() ? Code.EMPTY : Code.unhashed(initCode);
    Tracer tracer = evm.tracer();
    if (c.self().blocksCreation()) {
      if (tracer != null) {
        tracer.enter(c);
      }
      return close(evm, c, Status.ADDRESS_COLLISION);
    }
    state.create(c.self(), evm.rules.newContractNonce);
    move(evm, c, payer);
    if (tracer != null) {
      tracer.enter(c);
    }
    evm.prepare(c);
    return Status.CALLING;
  }

  private static void move(Evm evm, Frame c, Account payer) {
    if ((c.v0 | c.v1 | c.v2 | c.v3) == 0) {
      evm.state.touch(c.self(), evm.rules.clearsEmpty);
    } else {
      evm.state.subtractBalance(payer, c.v0, c.v1, c.v2, c.v3);
      evm.state.addBalance(c.self(), c.v0, c.v1, c.v2, c.v3);
    }
  }

  /** Ends a frame that ran; the status may turn into that of a failed deposit of code. */
  static int end(Evm evm, Frame f, int status) {
    if (status == Status.RETURNED || status == Status.REVERTED) {
      evm.setReturnData(evm.memory, evm.outputOffset, evm.outputLength);
    } else {
      evm.returnLength = 0;
    }
    int verdict = f.isCreate() && Status.isSuccess(status) ? deposit(evm, f) : status;
    return close(evm, f, verdict);
  }

  private static int close(Evm evm, Frame f, int status) {
    if (!Status.isSuccess(status)) {
      f.revert(evm.state);
      if (Status.burnsGas(status)) {
        f.gas = 0;
        evm.returnLength = 0;
      }
    }
    Tracer tracer = evm.tracer();
    if (tracer != null) {
      tracer.exit(f, status);
    }
    return status;
  }

  private static int deposit(Evm evm, Frame f) {
    Rules rules = evm.rules;
    int length = evm.returnLength;
    if (rules.rejectsEfCode && length > 0 && evm.returnData[0] == (byte) 0xef) {
      return Status.CODE_BEGINS_WITH_EF;
    }
    if (length > rules.maxCodeBytes) {
      return Status.CODE_TOO_LARGE;
    }
    long price = CODE_BYTE_GAS * length;
    if (price > f.gas) {
      if (rules.unpaidCodeFails) {
        return Status.CODE_UNPAID;
      }
      evm.returnLength = 0;
      return Status.RETURNED;
    }
    f.gas -= price;
    if (length > 0) {
      evm.state.setCode(f.self(), Bytes.wrap(Arrays.copyOf(evm.returnData, length)));
    }
    return Status.RETURNED;
  }

  /** Hands a finished child's gas, output and result to its parent. */
  static void resume(Evm evm, Frame parent, Frame child, int status) {
    parent.gas += child.gas;
    if (child.isCreate()) {
      int r = parent.push();
      if (Status.isSuccess(status)) {
        Evm.pushAddress(evm.stack, r, child.selfAddress());
        evm.returnLength = 0;
      } else {
        LimbMath.set(evm.stack, r, 0);
      }
      return;
    }
    int copied = Math.min(parent.returnLength, evm.returnLength);
    if (copied > 0) {
      System.arraycopy(
          evm.returnData, 0, evm.memory, parent.memoryBase + parent.returnOffset, copied);
    }
    evm.pushBoolean(parent, Status.isSuccess(status));
  }
}
