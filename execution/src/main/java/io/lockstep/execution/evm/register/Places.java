// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm.register;

import java.util.Arrays;

/**
 * Where each value of a block lies while its instructions run: at a place of the stack, or above
 * all that the block's stack can grow to. Places are words relative to the top at entry. The thread
 * of its {@link Translator}.
 */
final class Places {
  /** Words above a block's growth at most; a stack arena must have that much room. */
  static final int MAX_TEMPORARIES = BlockForm.MAX_OPCODES * 2;

  private static final int BELOW = 4 * BlockForm.MAX_OPCODES + 32;
  private static final int UNSET = Integer.MIN_VALUE;

  private final BlockForm form;
  private final int[] place = new int[BlockForm.MAX_VALUES];
  private final int[] wanted = new int[BlockForm.MAX_VALUES];
  private final int[] occupant = new int[BELOW + BlockForm.MAX_OPCODES + MAX_TEMPORARIES];

  Places(BlockForm form) {
    this.form = form;
  }

  /**
   * Begins a block: what was on the stack lies there; results would like to end where they stay.
   */
  void begin(int keptFrom) {
    Arrays.fill(occupant, BELOW + form.low, BELOW + form.growth + MAX_TEMPORARIES, BlockForm.NONE);
    Arrays.fill(place, 0, form.values, UNSET);
    Arrays.fill(wanted, 0, form.values, UNSET);
    for (int value = 0; value < form.values; value++) {
      if (form.kind[value] == BlockForm.ENTRY && form.uses[value] > 0) {
        put(value, form.home[value]);
      }
    }
    for (int at = keptFrom; at < form.height; at++) {
      int value = form.at(at);
      if (wanted[value] == UNSET) {
        wanted[value] = at;
      }
    }
  }

  int of(int value) {
    return place[value];
  }

  void put(int value, int at) {
    place[value] = at;
    occupant[BELOW + at] = value;
  }

  void free(int at) {
    occupant[BELOW + at] = BlockForm.NONE;
  }

  /** One use less; the last gives the place free. */
  void release(int value) {
    if (value == BlockForm.NONE) {
      return;
    }
    form.release(value);
    if (form.uses[value] == 0 && !form.isConstant(value)) {
      free(place[value]);
    }
  }

  /** Finds a place for a result. */
  int place(int value) {
    int at = wanted[value];
    if (at == UNSET || !isFree(at)) {
      at = form.home[value];
    }
    if (!isFree(at)) {
      at = temporary();
    }
    place[value] = at;
    if (form.uses[value] > 0) {
      occupant[BELOW + at] = value;
    }
    return at;
  }

  /** A place above the stack that is free, and stays so until it is taken. */
  int temporary() {
    int at = form.growth;
    while (!isFree(at)) {
      at++;
    }
    return at;
  }

  /** Takes a place for something that is no value of the block. */
  void take(int at) {
    occupant[BELOW + at] = BlockForm.MAX_VALUES;
  }

  private boolean isFree(int at) {
    return occupant[BELOW + at] == BlockForm.NONE;
  }
}
