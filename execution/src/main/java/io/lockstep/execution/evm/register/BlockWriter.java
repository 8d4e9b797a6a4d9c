// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm.register;

import io.lockstep.execution.evm.register.BlockForm.End;
import io.lockstep.execution.fork.Op;

/** Writes the instructions of one block. The thread of its {@link Translator}. */
final class BlockWriter {
  /** The loop adds 32 to it and knows that it stays an int. */
  private static final int OFFSET_BITS = 29;

  private final BlockForm form;
  private final Output out;
  private final Places places;
  private final Moves moves;
  private final Jumps jumps;
  // Constants that lie in a temporary place for one instruction.
  private final int[] lent = new int[3];
  private int lentCount;

  BlockWriter(BlockForm form, Output out, long[] destinations, int codeSize) {
    this.form = form;
    this.out = out;
    this.places = new Places(form);
    this.moves = new Moves(form, places, out);
    this.jumps = new Jumps(form, out, destinations, codeSize);
  }

  void write() {
    int keptFrom =
        switch (form.end) {
          case HALT -> form.height;
          case LEAVE -> form.height - form.endWords;
          case NEXT, JUMP, JUMP_IF, COLD -> form.low;
        };
    for (int at = keptFrom; at < form.height; at++) {
      form.use(form.at(at));
    }
    jumps.plan();
    dropUnused();
    out.header(form);
    places.begin(keptFrom);
    for (int i = 0; i < form.operations; i++) {
      operation(i);
    }
    int first = operandOfEnd(jumps.first(), keptFrom);
    int second = operandOfEnd(jumps.second(), keptFrom);
    moves.write(keptFrom);
    int rise = 4 * form.height;
    switch (form.end) {
      case NEXT -> out.instruction(Ins.NEXT, rise, 0, 0);
      case COLD, LEAVE -> out.instruction(Ins.COLD, rise, 0, form.endOp);
      case HALT -> out.instruction(Ins.HALT, 0, 0, form.endOp);
      case JUMP, JUMP_IF -> jumps.write(rise, first, second);
    }
  }

  /** Where what the jump looks at lies after the moves, in limbs. */
  private int operandOfEnd(int value, int keptFrom) {
    if (value == BlockForm.NONE || jumps.isNumber(value)) {
      return 0;
    }
    if (form.isConstant(value)) {
      return 4 * lend(value);
    }
    int at = places.of(value);
    boolean isOverwritten = at >= keptFrom && at < form.height && form.at(at) != value;
    if (!isOverwritten) {
      return 4 * at;
    }
    int safe = places.temporary();
    places.take(safe);
    moves.move(at, safe);
    return 4 * safe;
  }

  /**
   * Operations without effect whose result nobody uses are left out, from the last to the first.
   */
  private void dropUnused() {
    for (int i = form.operations - 1; i >= 0; i--) {
      int result = form.result[i];
      if (result != BlockForm.NONE && form.uses[result] == 0 && isPure(form.opcode[i])) {
        form.opcode[i] = Op.JUMPDEST;
        form.release(form.x[i]);
        form.release(form.y[i]);
        form.release(form.z[i]);
      }
    }
  }

  private static boolean isPure(int op) {
    return switch (op) {
      // A JUMPDEST is an operation that was left out before.
      case Op.EXP, Op.KECCAK256, Op.MLOAD, Op.SLOAD, Op.JUMPDEST -> false;
      default -> true;
    };
  }

  private void operation(int i) {
    int x = form.x[i];
    int y = form.y[i];
    lentCount = 0;
    switch (form.opcode[i]) {
      case Op.JUMPDEST -> {}
      case Op.ADD -> commutative(i, Ins.ADD, Ins.ADD_I, Ins.ADD_C);
      case Op.MUL -> commutative(i, Ins.MUL, -1, Ins.MUL_C);
      case Op.AND -> commutative(i, Ins.AND, Ins.AND_I, Ins.AND_C);
      case Op.OR -> commutative(i, Ins.OR, -1, Ins.OR_C);
      case Op.XOR -> commutative(i, Ins.XOR, -1, Ins.XOR_C);
      case Op.EQ -> commutative(i, Ins.EQ, Ins.EQ_I, Ins.EQ_C);
      case Op.SUB -> {
        if (form.isShort(y, 32)) {
          finish(i, Ins.SUB_I, place(x), (int) form.low(y));
        } else {
          finish(i, Ins.SUB, place(x), place(y));
        }
      }
      case Op.DIV -> finish(i, Ins.DIV, place(x), place(y));
      case Op.MOD -> finish(i, Ins.MOD, place(x), place(y));
      case Op.ADDMOD -> finish(i, Ins.ADDMOD, place(x), place(y));
      case Op.MULMOD -> finish(i, Ins.MULMOD, place(x), place(y));
      case Op.EXP -> finish(i, Ins.EXP, place(x), place(y));
      case Op.SDIV, Op.SMOD, Op.SIGNEXTEND, Op.BYTE -> finish(i, Ins.MATH, place(x), place(y));
      case Op.CLZ -> finish(i, Ins.MATH, place(x), 0);
      case Op.LT -> less(i, x, y);
      case Op.GT -> less(i, y, x);
      case Op.SLT -> finish(i, Ins.SLT, place(x), place(y));
      case Op.SGT -> finish(i, Ins.SLT, place(y), place(x));
      case Op.ISZERO -> finish(i, Ins.ISZERO, place(x), 0);
      case Op.NOT -> finish(i, Ins.NOT, place(x), 0);
      case Op.SHL -> shift(i, Ins.SHL, Ins.SHL_I);
      case Op.SHR -> shift(i, Ins.SHR, Ins.SHR_I);
      case Op.SAR -> shift(i, Ins.SAR, Ins.SAR_I);
      case Op.KECCAK256 -> finish(i, Ins.KECCAK, place(x), place(y));
      case Op.MLOAD -> at(i, Ins.MLOAD, Ins.MLOAD_I, OFFSET_BITS);
      case Op.CALLDATALOAD -> at(i, Ins.CALLDATALOAD, Ins.CALLDATALOAD_I, 31);
      case Op.MSTORE -> {
        if (form.isShort(x, OFFSET_BITS)) {
          finish(i, Ins.MSTORE_I, place(y), (int) form.low(x));
        } else {
          finish(i, Ins.MSTORE, place(x), place(y));
        }
      }
      case Op.MSTORE8 -> finish(i, Ins.MSTORE8, place(x), place(y));
      case Op.SLOAD -> finish(i, Ins.SLOAD, place(x), 0);
      case Op.SSTORE -> finish(i, Ins.SSTORE, place(x), place(y));
      case Op.TLOAD -> finish(i, Ins.TLOAD, place(x), 0);
      case Op.TSTORE -> finish(i, Ins.TSTORE, place(x), place(y));
      case Op.CALLDATASIZE -> finish(i, Ins.CALLDATASIZE, 0, 0);
      case Op.CALLVALUE -> finish(i, Ins.CALLVALUE, 0, 0);
      case Op.GAS -> finish(i, Ins.GAS, 0, form.gas - form.gasBefore[i]);
      default -> finish(i, Ins.ENVIRONMENT, 0, form.opcode[i]);
    }
  }

  private void commutative(int i, int plain, int immediate, int pooled) {
    int x = form.isConstant(form.x[i]) ? form.y[i] : form.x[i];
    int y = x == form.x[i] ? form.y[i] : form.x[i];
    if (immediate >= 0 && form.isShort(y, 32)) {
      finish(i, immediate, place(x), (int) form.low(y));
    } else if (form.isConstant(y)) {
      finish(i, pooled, place(x), moves.pooled(y));
    } else {
      finish(i, plain, place(x), place(y));
    }
  }

  private void less(int i, int x, int y) {
    if (form.isShort(y, 32)) {
      finish(i, Ins.LT_I, place(x), (int) form.low(y));
    } else if (form.isShort(x, 32)) {
      finish(i, Ins.GT_I, place(y), (int) form.low(x));
    } else {
      finish(i, Ins.LT, place(x), place(y));
    }
  }

  private void shift(int i, int plain, int immediate) {
    int by = form.x[i];
    int y = form.y[i];
    if (form.isConstant(by)) {
      finish(i, immediate, place(y), form.isShort(by, 8) ? (int) form.low(by) : 256);
    } else {
      finish(i, plain, place(by), place(y));
    }
  }

  private void at(int i, int plain, int immediate, int bits) {
    int x = form.x[i];
    if (form.isShort(x, bits)) {
      finish(i, immediate, 0, (int) form.low(x));
    } else {
      finish(i, plain, place(x), 0);
    }
  }

  /** The place of an operand in limbs; a constant is written to one first. */
  private int place(int value) {
    if (!form.isConstant(value)) {
      return 4 * places.of(value);
    }
    int at = lend(value);
    lent[lentCount++] = at;
    return 4 * at;
  }

  private int lend(int constant) {
    int at = places.temporary();
    places.take(at);
    moves.set(constant, at);
    return at;
  }

  /** Writes an operation's instruction: its operands' places are free for its result. */
  private void finish(int i, int code, int a, int b) {
    int third =
        switch (code) {
          case Ins.ADDMOD, Ins.MULMOD -> place(form.z[i]);
          case Ins.MATH -> form.opcode[i];
          default -> BlockForm.NONE;
        };
    places.release(form.x[i]);
    places.release(form.y[i]);
    places.release(form.z[i]);
    while (lentCount > 0) {
      places.free(lent[--lentCount]);
    }
    int result = form.result[i];
    int r = result == BlockForm.NONE ? 0 : places.place(result);
    out.instruction(code, 4 * r, a, b);
    if (code == Ins.ADDMOD || code == Ins.MULMOD || code == Ins.MATH) {
      out.append(third);
    }
  }

  /** Whether the block that was written goes on into the one that follows. */
  boolean fallsThrough() {
    return form.end == End.NEXT || form.end == End.JUMP_IF || form.end == End.COLD;
  }
}
