// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.primitives.uint.LimbMath;

/** SLOAD, SSTORE, TLOAD and TSTORE. The thread of the {@link Evm}. */
final class StorageOps {
  private static final long STIPEND = 2_300;

  private StorageOps() {}

  static int load(Evm evm, Frame f) {
    int at = f.sp - 4;
    int entry = evm.state.slot(f.self(), evm.stack, at);
    if (evm.rules.tracksWarmth
        && evm.state.warmSlot(entry)
        && !Evm.charge(f, evm.rules.coldSlotSurplus)) {
      return Status.OUT_OF_GAS;
    }
    evm.state.load(entry, evm.stack, at);
    return Status.RUNNING;
  }

  /** Priced by EIP-2200, 2929 and 3529, or as before them. */
  static int store(Evm evm, Frame f) {
    final JournaledState state = evm.state;
    final Rules rules = evm.rules;
    final long[] s = evm.stack;
    if (f.isStatic) {
      return Status.WRITE_PROTECTION;
    }
    if (rules.sstoreNeedsMoreThanStipend && f.gas <= STIPEND) {
      return Status.OUT_OF_GAS;
    }
    f.sp -= 8;
    int key = f.sp + 4;
    int value = f.sp;
    int entry = state.slot(f.self(), s, key);
    long price = rules.tracksWarmth && state.warmSlot(entry) ? rules.coldSlotGas : 0;
    boolean toZero = LimbMath.isZero(s, value);
    if (!rules.netMetering) {
      boolean sets = state.currentIsZero(entry) && !toZero;
      if (!Evm.charge(f, sets ? rules.sstoreSetGas : rules.sstoreResetGas)) {
        return Status.OUT_OF_GAS;
      }
      if (toZero && !state.currentIsZero(entry)) {
        state.addRefund(rules.sstoreClearRefund);
      }
    } else {
      boolean unchanged = state.currentEquals(entry, s, value);
      boolean clean = state.currentIsOriginal(entry);
      boolean fromZero = state.originalIsZero(entry);
      if (unchanged || !clean) {
        price += rules.sstoreNoopGas;
      } else {
        price += fromZero ? rules.sstoreSetGas : rules.sstoreResetGas;
      }
      if (!Evm.charge(f, price)) {
        return Status.OUT_OF_GAS;
      }
      if (!unchanged) {
        refund(state, rules, entry, s, value, clean, fromZero, toZero);
      }
    }
    if (!state.currentEquals(entry, s, value)) {
      state.store(entry, s, value);
    }
    return Status.RUNNING;
  }

  private static void refund(
      JournaledState state,
      Rules rules,
      int entry,
      long[] s,
      int value,
      boolean clean,
      boolean fromZero,
      boolean toZero) {
    if (!fromZero) {
      if (!clean && state.currentIsZero(entry)) {
        state.addRefund(-rules.sstoreClearRefund);
      } else if (toZero) {
        state.addRefund(rules.sstoreClearRefund);
      }
    }
    if (!clean && state.originalEquals(entry, s, value)) {
      state.addRefund((fromZero ? rules.sstoreSetGas : rules.sstoreResetGas) - rules.sstoreNoopGas);
    }
  }

  static int storeTransient(Evm evm, Frame f) {
    if (f.isStatic) {
      return Status.WRITE_PROTECTION;
    }
    f.sp -= 8;
    evm.state.storeTransient(f.self(), evm.stack, f.sp + 4, f.sp);
    return Status.RUNNING;
  }
}
