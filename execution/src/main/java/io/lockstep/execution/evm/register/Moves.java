// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm.register;

/**
 * Writes the instructions that bring, at a block's end, every value to its place on the stack, as
 * if all moved at once. The thread of its {@link Translator}.
 */
final class Moves {
  private final BlockForm form;
  private final Places places;
  private final Output out;
  private final int[] to = new int[BlockForm.MAX_VALUES];
  private final int[] from = new int[BlockForm.MAX_VALUES];
  private int count;

  Moves(BlockForm form, Places places, Output out) {
    this.form = form;
    this.places = places;
    this.out = out;
  }

  /** Brings the words from {@code keptFrom} up to their places. */
  void write(int keptFrom) {
    count = 0;
    for (int at = keptFrom; at < form.height; at++) {
      int value = form.at(at);
      if (!form.isConstant(value) && places.of(value) != at) {
        to[count] = at;
        from[count++] = places.of(value);
      }
    }
    while (count > 0) {
      if (!moveOne()) {
        breakCycle();
      }
    }
    for (int at = keptFrom; at < form.height; at++) {
      if (form.isConstant(form.at(at))) {
        set(form.at(at), at);
      }
    }
  }

  /** Writes a constant to a place. */
  void set(int constant, int at) {
    if (form.isShort(constant, 32)) {
      out.instruction(Ins.SET_I, 4 * at, 0, (int) form.low(constant));
    } else {
      out.instruction(Ins.SET_C, 4 * at, 0, pooled(constant));
    }
  }

  int pooled(int constant) {
    int at = 4 * constant;
    long[] limbs = form.limbs;
    return out.constant(limbs[at], limbs[at + 1], limbs[at + 2], limbs[at + 3]);
  }

  void move(int source, int target) {
    out.instruction(Ins.MOVE, 4 * target, 4 * source, 0);
  }

  /** Does one move whose target nobody reads any more; false when there is none. */
  private boolean moveOne() {
    for (int i = 0; i < count; i++) {
      if (!isRead(to[i], i)) {
        move(from[i], to[i]);
        drop(i);
        return true;
      }
    }
    return false;
  }

  private boolean isRead(int at, int except) {
    for (int i = 0; i < count; i++) {
      if (i != except && from[i] == at) {
        return true;
      }
    }
    return false;
  }

  /** All that is left goes in circles: one move becomes a swap, its partner reads elsewhere. */
  private void breakCycle() {
    int target = to[0];
    int source = from[0];
    out.instruction(Ins.SWAP, 4 * target, 4 * source, 0);
    drop(0);
    // What lay at the target lies at the source now, and the other way round.
    for (int i = count - 1; i >= 0; i--) {
      if (from[i] == target) {
        from[i] = source;
      } else if (from[i] == source) {
        from[i] = target;
      }
      if (from[i] == to[i]) {
        drop(i);
      }
    }
  }

  private void drop(int i) {
    count--;
    to[i] = to[count];
    from[i] = from[count];
  }
}
