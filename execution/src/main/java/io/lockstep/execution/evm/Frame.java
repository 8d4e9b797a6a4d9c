// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.evm.register.Program;
import io.lockstep.execution.fork.Op;
import io.lockstep.execution.journal.Account;
import io.lockstep.execution.journal.Code;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.LimbMath;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One running message. Pooled by depth and used again; stack and memory are parts of the arenas of
 * its {@link Evm}. The fields are the interpreter's, the methods are for tracers. One thread.
 */
public final class Frame {
  static final byte[] NO_INPUT = new byte[0];

  final Evm evm;
  final int depth;
  int kind;
  Code code = Code.EMPTY;
  @Nullable Account self;
  Address caller = Address.ZERO;
  Address codeAddress = Address.ZERO;
  // The value in limbs.
  long v0;
  long v1;
  long v2;
  long v3;
  byte[] input = NO_INPUT;
  int inputOffset;
  int inputLength;
  boolean isStatic;

  /** What the register loop runs; null when the plain engine does. */
  @Nullable Program program;

  /** Where in the program it goes on. */
  int block;

  int pc;
  int stackBase;
  int sp;
  long gas;
  int memoryBase;

  /** Bytes, a multiple of 32. */
  int memorySize;

  /** The plain engine leaves at a jump destination when there is less gas than this. */
  long hotBelow;

  // Where this frame wants its running child's output.
  int returnOffset;
  int returnLength;

  // The state's marks at the frame's beginning.
  private int mark;
  private int logMark;
  private long refundMark;

  Frame(Evm evm, int depth) {
    this.evm = evm;
    this.depth = depth;
  }

  Account self() {
    Account account = self;
    if (account == null) {
      throw new IllegalStateException("the frame at depth " + depth + " was never set up");
    }
    return account;
  }

  void value(long l0, long l1, long l2, long l3) {
    v0 = l0;
    v1 = l1;
    v2 = l2;
    v3 = l3;
  }

  /** Writes the value into four limbs. */
  void value(long[] s, int r) {
    s[r] = v0;
    s[r + 1] = v1;
    s[r + 2] = v2;
    s[r + 3] = v3;
  }

  void input(byte[] bytes, int offset, int length) {
    input = length == 0 ? NO_INPUT : bytes;
    inputOffset = length == 0 ? 0 : offset;
    inputLength = length;
  }

  void mark(JournaledState state) {
    mark = state.mark();
    logMark = state.logCount();
    refundMark = state.refund();
  }

  void revert(JournaledState state) {
    state.revert(mark, logMark, refundMark);
  }

  /** The lowest limb of a fresh word on top of the stack. */
  int push() {
    sp += 4;
    return sp - 4;
  }

  boolean isCreate() {
    return kind == Op.CREATE || kind == Op.CREATE2;
  }

  // --- for tracers ---

  /** 0 for the transaction's own message. */
  public int depth() {
    return depth;
  }

  /** The opcode that made it; {@code CALL} or {@code CREATE} for the transaction's own message. */
  public int kind() {
    return kind;
  }

  public boolean isStatic() {
    return isStatic;
  }

  /** Whose storage and balance it works on. */
  public Address selfAddress() {
    return self().address();
  }

  /** Whose code was called, before any delegation. */
  public Address codeAddress() {
    return codeAddress;
  }

  public Address callerAddress() {
    return caller;
  }

  public UInt256 value() {
    return UInt256.ofLimbs(v0, v1, v2, v3);
  }

  /** The call data, or the init code of a creation; a copy. */
  public Bytes inputData() {
    return isCreate()
        ? code.bytes()
        : Bytes.wrap(Arrays.copyOfRange(input, inputOffset, inputOffset + inputLength));
  }

  public int pc() {
    return pc;
  }

  public long gas() {
    return gas;
  }

  public int stackSize() {
    return (sp - stackBase) >>> 2;
  }

  /** A word of the stack, 0 the lowest. */
  public UInt256 stackWord(int index) {
    return LimbMath.get(evm.stack, stackBase + 4 * index);
  }

  /** The memory, a copy. */
  public Bytes memory() {
    return Bytes.wrap(Arrays.copyOfRange(evm.memory, memoryBase, memoryBase + memorySize));
  }

  public int memorySize() {
    return memorySize;
  }

  /** What the last finished child returned, or this frame itself at its exit; a copy. */
  public Bytes returnData() {
    return evm.returnDataCopy();
  }

  public long refund() {
    return evm.state.refund();
  }

  /** The state as this step finds it; for reading. */
  public JournaledState state() {
    return evm.state;
  }
}
