// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm.register;

import io.lockstep.execution.evm.register.BlockForm.End;
import io.lockstep.execution.fork.Op;

/**
 * How a block jumps: targets that are constants are known, and a comparison that only decides a
 * jump becomes part of it. The thread of its {@link Translator}.
 */
final class Jumps {
  /** Of a jump to no jump destination. */
  private static final int NOWHERE = -1;

  private final BlockForm form;
  private final Output out;
  private final long[] destinations;
  private final int codeSize;

  private boolean isKnown;
  private boolean isNegated;
  private int test;
  private int first;
  private int second;

  Jumps(BlockForm form, Output out, long[] destinations, int codeSize) {
    this.form = form;
    this.out = out;
    this.destinations = destinations;
    this.codeSize = codeSize;
  }

  /** The value that the jump looks at first, or {@code NONE}. */
  int first() {
    return first;
  }

  int second() {
    return second;
  }

  /** Decides how the block will jump, which counts as use of what it looks at. */
  void plan() {
    first = BlockForm.NONE;
    second = BlockForm.NONE;
    if (form.end != End.JUMP && form.end != End.JUMP_IF) {
      return;
    }
    isKnown = form.isConstant(form.target);
    if (form.end == End.JUMP) {
      first = isKnown ? BlockForm.NONE : form.target;
    } else if (!isKnown) {
      first = form.condition;
      second = form.target;
    } else {
      planTest();
    }
    form.use(first);
    form.use(second);
  }

  private void planTest() {
    int value = form.condition;
    isNegated = false;
    while (madeBy(value) == Op.ISZERO) {
      int maker = form.maker[value];
      int negated = value;
      value = form.x[maker];
      isNegated = !isNegated;
      if (form.uses[negated] == 0) {
        form.opcode[maker] = Op.JUMPDEST;
        form.release(value);
      }
    }
    test = form.uses[value] == 0 ? madeBy(value) : Op.ISZERO;
    switch (test) {
      case Op.LT, Op.SLT, Op.EQ -> {
        first = form.x[form.maker[value]];
        second = form.y[form.maker[value]];
      }
      case Op.GT, Op.SGT -> {
        first = form.y[form.maker[value]];
        second = form.x[form.maker[value]];
      }
      default -> {
        test = Op.ISZERO;
        isNegated = !isNegated;
        first = value;
      }
    }
    if (test == Op.EQ && form.isConstant(first)) {
      int constant = first;
      first = second;
      second = constant;
    }
  }

  private int madeBy(int value) {
    return form.kind[value] == BlockForm.RESULT ? form.opcode[form.maker[value]] : Op.JUMPDEST;
  }

  /** Writes the jump; a and b are where the values lie. */
  void write(int rise, int a, int b) {
    if (!isKnown) {
      out.instruction(form.end == End.JUMP ? Ins.JUMP : Ins.JUMP_IF, rise, a, b);
      return;
    }
    if (form.end == End.JUMP) {
      out.instruction(Ins.GOTO, rise, 0, target());
      out.jump();
      return;
    }
    writeTest(rise, a, b);
    out.append(target());
    out.jump();
  }

  private void writeTest(int rise, int a, int b) {
    boolean hasNumber = second != BlockForm.NONE && form.isShort(second, 32);
    int number = hasNumber ? (int) form.low(second) : 0;
    switch (test) {
      case Op.LT, Op.GT -> {
        if (hasNumber) {
          out.instruction(isNegated ? Ins.IF_GE_I : Ins.IF_LT_I, rise, a, number);
        } else if (form.isShort(first, 32)) {
          out.instruction(isNegated ? Ins.IF_LE_I : Ins.IF_GT_I, rise, b, (int) form.low(first));
        } else {
          out.instruction(isNegated ? Ins.IF_GE : Ins.IF_LT, rise, a, b);
        }
      }
      case Op.SLT, Op.SGT -> out.instruction(isNegated ? Ins.IF_SGE : Ins.IF_SLT, rise, a, b);
      case Op.EQ -> {
        if (hasNumber) {
          out.instruction(isNegated ? Ins.IF_NE_I : Ins.IF_EQ_I, rise, a, number);
        } else {
          out.instruction(isNegated ? Ins.IF_NE : Ins.IF_EQ, rise, a, b);
        }
      }
      default -> out.instruction(isNegated ? Ins.IF_NOT_ZERO : Ins.IF_ZERO, rise, a, 0);
    }
  }

  /** Whether an operand of the test stands in the instruction and needs no place. */
  boolean isNumber(int value) {
    if (!isKnown || !form.isShort(value, 32)) {
      return false;
    }
    return switch (test) {
      case Op.EQ -> value == second;
      case Op.LT, Op.GT -> value == second || !form.isShort(second, 32);
      default -> false;
    };
  }

  private int target() {
    int at = form.target;
    long pc = form.low(at);
    boolean isDestination =
        form.isShort(at, 31) && pc < codeSize && (destinations[(int) pc >>> 6] >>> pc & 1) != 0;
    return isDestination ? (int) pc : NOWHERE;
  }
}
