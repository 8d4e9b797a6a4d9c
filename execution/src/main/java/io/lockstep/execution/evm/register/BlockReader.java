// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm.register;

import io.lockstep.execution.evm.register.BlockForm.End;
import io.lockstep.execution.fork.Op;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.Code;

/** Reads the opcodes of one block into its form. The thread of its {@link Translator}. */
final class BlockReader {
  private final Folding folding = new Folding();
  private final BlockForm form;
  private final Rules rules;
  private final byte[] code;
  private final int size;

  BlockReader(BlockForm form, Code code, Rules rules) {
    this.form = form;
    this.rules = rules;
    this.code = code.padded();
    this.size = code.size();
  }

  /** Reads the block at {@code pc} and gives the pc behind it. */
  int read(int pc) {
    form.reset(pc);
    int at = pc;
    for (int count = 0; count < BlockForm.MAX_OPCODES; count++) {
      int op = code[at] & 0xff;
      if (op == Op.JUMPDEST && at != pc) {
        return at;
      }
      if (!rules.defines(op)) {
        form.end = End.HALT;
        form.endOp = op;
        return at + 1;
      }
      form.gas += (int) (rules.ops()[op] >>> 32);
      boolean goesOn = one(op, at);
      at += 1 + (op >= Op.PUSH1 && op <= Op.PUSH32 ? op - Op.PUSH1 + 1 : 0);
      if (!goesOn) {
        return at;
      }
    }
    return at;
  }

  /** Reads one opcode; false when it ends the block. */
  private boolean one(int op, int at) {
    if (op >= Op.PUSH1 && op <= Op.PUSH32) {
      push(at + 1, op - Op.PUSH1 + 1);
      return true;
    }
    if (op >= Op.DUP1 && op < Op.DUP1 + 16) {
      int place = form.height - 1 - (op - Op.DUP1);
      form.reach(place);
      form.push(form.at(place));
      return true;
    }
    if (op >= Op.SWAP1 && op < Op.SWAP1 + 16) {
      form.swap(op - Op.SWAP1 + 1);
      return true;
    }
    switch (op) {
      case Op.JUMPDEST -> {}
      case Op.POP -> form.pop();
      case Op.PUSH0 -> form.push(form.constant(0, 0, 0, 0));
      case Op.PC -> form.push(form.constant(at, 0, 0, 0));
      case Op.CODESIZE -> form.push(form.constant(size, 0, 0, 0));
      case Op.ADD,
          Op.SUB,
          Op.MUL,
          Op.DIV,
          Op.MOD,
          Op.SDIV,
          Op.SMOD,
          Op.EXP,
          Op.SIGNEXTEND,
          Op.LT,
          Op.GT,
          Op.SLT,
          Op.SGT,
          Op.EQ,
          Op.AND,
          Op.OR,
          Op.XOR,
          Op.BYTE,
          Op.SHL,
          Op.SHR,
          Op.SAR,
          Op.KECCAK256 ->
          two(op);
      case Op.ISZERO, Op.NOT, Op.CLZ, Op.CALLDATALOAD, Op.MLOAD, Op.SLOAD, Op.TLOAD -> one(op);
      case Op.ADDMOD, Op.MULMOD -> form.compute(op, form.pop(), form.pop(), form.pop());
      case Op.MSTORE, Op.MSTORE8 -> form.operate(op, form.pop(), form.pop(), BlockForm.NONE);
      case Op.SSTORE, Op.TSTORE -> {
        // They may fail for another reason than gas: nothing that costs may follow in the block.
        form.operate(op, form.pop(), form.pop(), BlockForm.NONE);
        return false;
      }
      case Op.GAS -> {
        form.gasBefore[form.operations] = form.gas;
        form.compute(op, BlockForm.NONE, BlockForm.NONE, BlockForm.NONE);
      }
      case Op.ADDRESS,
          Op.ORIGIN,
          Op.CALLER,
          Op.CALLVALUE,
          Op.CALLDATASIZE,
          Op.GASPRICE,
          Op.RETURNDATASIZE,
          Op.COINBASE,
          Op.TIMESTAMP,
          Op.NUMBER,
          Op.PREVRANDAO,
          Op.GASLIMIT,
          Op.CHAINID,
          Op.SELFBALANCE,
          Op.BASEFEE,
          Op.BLOBBASEFEE,
          Op.MSIZE ->
          form.compute(op, BlockForm.NONE, BlockForm.NONE, BlockForm.NONE);
      default -> {
        end(op);
        return false;
      }
    }
    return true;
  }

  private void end(int op) {
    switch (op) {
      case Op.JUMP -> {
        form.end = End.JUMP;
        form.target = form.pop();
      }
      case Op.JUMPI -> {
        form.end = End.JUMP_IF;
        form.target = form.pop();
        form.condition = form.pop();
      }
      default -> {
        boolean leaves = op == Op.RETURN || op == Op.REVERT || op == Op.SELFDESTRUCT;
        form.end = op == Op.STOP ? End.HALT : leaves ? End.LEAVE : End.COLD;
        form.endOp = op;
        form.endWords = ((int) rules.ops()[op] >>> 16) / 4;
        form.reach(form.height - form.endWords);
      }
    }
  }

  private void one(int op) {
    int first = form.pop();
    if (form.isConstant(first) && folding.fold(form, op, first, BlockForm.NONE)) {
      return;
    }
    form.compute(op, first, BlockForm.NONE, BlockForm.NONE);
  }

  private void two(int op) {
    int first = form.pop();
    int second = form.pop();
    if (form.isConstant(first)
        && form.isConstant(second)
        && folding.fold(form, op, first, second)) {
      return;
    }
    form.compute(op, first, second, BlockForm.NONE);
  }

  private void push(int from, int length) {
    long l0 = 0;
    long l1 = 0;
    long l2 = 0;
    long l3 = 0;
    for (int i = 0; i < length; i++) {
      l3 = l3 << 8 | l2 >>> 56;
      l2 = l2 << 8 | l1 >>> 56;
      l1 = l1 << 8 | l0 >>> 56;
      l0 = l0 << 8 | (code[from + i] & 0xff);
    }
    form.push(form.constant(l0, l1, l2, l3));
  }
}
