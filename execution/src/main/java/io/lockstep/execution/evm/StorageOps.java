// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.primitives.uint.LimbMath;

/** SLOAD and SSTORE, for every engine. The thread of the {@link Evm}. */
final class StorageOps {
  private static final long STIPEND = 2_300;

  private StorageOps() {}

  /** Reads the slot whose key is at {@code key}; the gas left, negative for not enough. */
  static long load(Evm evm, Frame f, int key, int r, long gas) {
    int entry = evm.state.slot(f.self(), evm.stack, key);
    long left = gas;
    if (evm.rules.tracksWarmth && evm.state.warmSlot(entry)) {
      left -= evm.rules.coldSlotSurplus;
    }
    evm.state.load(entry, evm.stack, r);
    return left;
  }

  /**
   * Writes a slot, priced by EIP-2200, 2929 and 3529, or as before them; the gas left, negative for
   * not enough. The frame is not static.
   */
  static long store(Evm evm, Frame f, int key, int value, long gas) {
    final JournaledState state = evm.state;
    final Rules rules = evm.rules;
    final long[] s = evm.stack;
    if (rules.sstoreNeedsMoreThanStipend && gas <= STIPEND) {
      return -1;
    }
    int entry = state.slot(f.self(), s, key);
    long left = gas;
    if (rules.tracksWarmth && state.warmSlot(entry)) {
      left -= rules.coldSlotGas;
    }
    boolean toZero = LimbMath.isZero(s, value);
    boolean unchanged = state.currentEquals(entry, s, value);
    if (!rules.netMetering) {
      boolean sets = state.currentIsZero(entry) && !toZero;
      left -= sets ? rules.sstoreSetGas : rules.sstoreResetGas;
      if (left >= 0 && toZero && !unchanged) {
        state.addRefund(rules.sstoreClearRefund);
      }
    } else {
      boolean clean = state.currentIsOriginal(entry);
      boolean fromZero = state.originalIsZero(entry);
      if (unchanged || !clean) {
        left -= rules.sstoreNoopGas;
      } else {
        left -= fromZero ? rules.sstoreSetGas : rules.sstoreResetGas;
      }
      if (left >= 0 && !unchanged) {
        refund(state, rules, entry, s, value, clean, fromZero, toZero);
      }
    }
    if (left >= 0 && !unchanged) {
      state.store(entry, s, value);
    }
    return left;
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
}
