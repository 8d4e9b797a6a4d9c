// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.fork.Op;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.Account;
import io.lockstep.execution.journal.Code;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.execution.precompile.Precompile;
import io.lockstep.primitives.types.Address;

/** CALL, CALLCODE, DELEGATECALL and STATICCALL. The thread of the {@link Evm}. */
final class Calls {
  private static final long VALUE_GAS = 9_000;
  private static final long NEW_ACCOUNT_GAS = 25_000;
  private static final long STIPEND = 2_300;
  private static final long WARM_GAS = 100;

  private Calls() {}

  static int call(Evm evm, Frame f, int op) {
    final long[] s = evm.stack;
    final JournaledState state = evm.state;
    final Rules rules = evm.rules;
    boolean hasValue = op == Op.CALL || op == Op.CALLCODE;
    int gasAt = f.sp - 4;
    int toAt = f.sp - 8;
    int valueAt = f.sp - 12;
    int inAt = hasValue ? f.sp - 16 : f.sp - 12;
    int inLengthAt = inAt - 4;
    int outAt = inAt - 8;
    int outLengthAt = inAt - 12;
    boolean movesValue =
        hasValue && (s[valueAt] | s[valueAt + 1] | s[valueAt + 2] | s[valueAt + 3]) != 0;
    if (movesValue && op == Op.CALL && f.isStatic) {
      return Status.WRITE_PROTECTION;
    }
    if (!evm.cover(f, inAt, inLengthAt) || !evm.cover(f, outAt, outLengthAt)) {
      return Status.OUT_OF_GAS;
    }
    long high = Evm.addressHigh(s, toAt);
    long middle = Evm.addressMiddle(s, toAt);
    int low = Evm.addressLow(s, toAt);
    Precompile precompile = evm.precompiles.at(high, middle, low);
    Account target = state.account(high, middle, low);
    long extra = 0;
    if (rules.tracksWarmth
        && state.warm(target)
        && evm.warmPrecompiles.at(high, middle, low) == null) {
      extra = rules.coldAccountSurplus;
    }
    if (movesValue) {
      extra += VALUE_GAS;
    }
    if (op == Op.CALL) {
      boolean pays = rules.clearsEmpty ? movesValue && target.isDead() : !target.exists();
      extra += pays ? NEW_ACCOUNT_GAS : 0;
    }
    if (!Evm.charge(f, extra)) {
      return Status.OUT_OF_GAS;
    }
    Code code = state.code(target);
    Address delegate = rules.hasDelegation ? code.delegate() : null;
    if (delegate != null) {
      Account real = state.account(delegate);
      boolean cold = state.warm(real) && !evm.warmPrecompiles.contains(delegate);
      if (!Evm.charge(f, cold ? rules.coldAccountGas : WARM_GAS)) {
        return Status.OUT_OF_GAS;
      }
      code = state.code(real);
    }
    long childGas = childGas(rules, f, s, gasAt);
    if (childGas < 0) {
      return Status.OUT_OF_GAS;
    }
    f.gas -= childGas;
    if (movesValue) {
      childGas += STIPEND;
    }
    Frame c = evm.frame(f.depth + 1);
    c.kind = op;
    c.codeAddress = target.address();
    c.gas = childGas;
    c.isStatic = f.isStatic || op == Op.STATICCALL;
    if (op == Op.DELEGATECALL) {
      c.self = f.self;
      c.caller = f.caller;
      c.value(f.v0, f.v1, f.v2, f.v3);
    } else {
      c.self = op == Op.CALLCODE ? f.self : target;
      c.caller = f.self().address();
      if (hasValue) {
        c.value(s[valueAt], s[valueAt + 1], s[valueAt + 2], s[valueAt + 3]);
      } else {
        c.value(0, 0, 0, 0);
      }
    }
    c.input(evm.memory, f.memoryBase + (int) s[inAt], (int) s[inLengthAt]);
    f.returnOffset = (int) s[outAt];
    f.returnLength = (int) s[outLengthAt];
    f.sp = outLengthAt;
    evm.returnLength = 0;
    if (f.depth >= Evm.MAX_DEPTH) {
      return refuse(evm, f, c, Status.CALL_TOO_DEEP);
    }
    if (movesValue && f.self().cannotPay(c.v0, c.v1, c.v2, c.v3)) {
      return refuse(evm, f, c, Status.BALANCE_TOO_LOW);
    }
    above(f, c);
    int status = Messages.beginCall(evm, c, op == Op.CALL ? f.self() : null, code, precompile);
    if (status != Status.CALLING) {
      Messages.resume(evm, f, c, status);
      return Status.RUNNING;
    }
    return status;
  }

  /** A call or creation that does not begin: its gas comes back, the result is zero. */
  static int refuse(Evm evm, Frame f, Frame c, int status) {
    f.gas += c.gas;
    evm.pushBoolean(f, false);
    Tracer tracer = evm.tracer();
    if (tracer != null) {
      tracer.refused(c, status);
    }
    return Status.RUNNING;
  }

  /** Places a child's stack and memory above its parent's. */
  static void above(Frame f, Frame c) {
    c.stackBase = f.sp;
    c.memoryBase = f.memoryBase + f.memorySize;
  }

  /** What the child gets of the frame's gas (EIP-150); negative when more was asked than is. */
  private static long childGas(Rules rules, Frame f, long[] s, int gasAt) {
    boolean large = (s[gasAt + 1] | s[gasAt + 2] | s[gasAt + 3]) != 0 || s[gasAt] < 0;
    if (!rules.keepsSixtyFourth) {
      return large || s[gasAt] > f.gas ? -1 : s[gasAt];
    }
    long most = f.gas - (f.gas >>> 6);
    return large ? most : Math.min(most, s[gasAt]);
  }
}
