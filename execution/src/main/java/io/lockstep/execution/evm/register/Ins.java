// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm.register;

/**
 * The instructions of a program. A suffix says what the second operand is: {@code _I} a number of
 * 32 bits without sign in the instruction, {@code _C} a word of the pool, none a place.
 */
public final class Ins {
  public static final int MOVE = 0;
  public static final int SWAP = 1;
  public static final int SET_I = 2;
  public static final int SET_C = 3;

  public static final int ADD = 4;
  public static final int ADD_I = 5;
  public static final int ADD_C = 6;
  public static final int SUB = 7;
  public static final int SUB_I = 8;
  public static final int MUL = 9;
  public static final int MUL_C = 10;
  public static final int DIV = 11;
  public static final int MOD = 12;
  public static final int ADDMOD = 13;
  public static final int MULMOD = 14;
  public static final int EXP = 15;
  public static final int LT = 16;
  public static final int LT_I = 17;
  public static final int GT_I = 18;
  public static final int SLT = 19;
  public static final int EQ = 20;
  public static final int EQ_I = 21;
  public static final int EQ_C = 22;
  public static final int ISZERO = 23;
  public static final int AND = 24;
  public static final int AND_I = 25;
  public static final int AND_C = 26;
  public static final int OR = 27;
  public static final int OR_C = 28;
  public static final int XOR = 29;
  public static final int XOR_C = 30;
  public static final int NOT = 31;
  public static final int SHL = 32;
  public static final int SHL_I = 33;
  public static final int SHR = 34;
  public static final int SHR_I = 35;
  public static final int SAR = 36;
  public static final int SAR_I = 37;

  /** Arithmetic that is rarer, by its opcode in the third int. */
  public static final int MATH = 38;

  public static final int KECCAK = 40;
  public static final int MLOAD = 41;
  public static final int MLOAD_I = 42;
  public static final int MSTORE = 43;
  public static final int MSTORE_I = 44;
  public static final int MSTORE8 = 45;
  public static final int SLOAD = 46;
  public static final int SSTORE = 47;
  public static final int TLOAD = 48;
  public static final int TSTORE = 49;
  public static final int CALLDATALOAD = 50;
  public static final int CALLDATALOAD_I = 51;
  public static final int CALLDATASIZE = 52;
  public static final int CALLVALUE = 53;

  /** What is asked of the frame, the transaction or the block; b is the opcode. */
  public static final int ENVIRONMENT = 54;

  /** b is the static gas of the block's opcodes that follow: paid, but not yet spent. */
  public static final int GAS = 55;

  // --- ends of blocks; r is how far the top of the stack moves ---

  /** On into the next block. */
  public static final int NEXT = 64;

  /** To the block at b. */
  public static final int GOTO = 65;

  /** To the destination in the word at a. */
  public static final int JUMP = 66;

  /** To the destination in the word at b if that at a is not zero. */
  public static final int JUMP_IF = 67;

  // To the block whose place is the third int.
  public static final int IF_ZERO = 68;
  public static final int IF_NOT_ZERO = 69;
  public static final int IF_LT = 70;
  public static final int IF_GE = 71;
  public static final int IF_LT_I = 72;
  public static final int IF_GE_I = 73;
  public static final int IF_GT_I = 74;
  public static final int IF_LE_I = 75;
  public static final int IF_EQ = 76;
  public static final int IF_NE = 77;
  public static final int IF_EQ_I = 78;
  public static final int IF_NE_I = 79;
  public static final int IF_SLT = 80;
  public static final int IF_SGE = 81;

  /** The opcode b, done as the plain engine does it on the whole stack. */
  public static final int COLD = 82;

  /** The frame ends at the opcode b: a STOP, a jump to nowhere, or one that does not exist. */
  public static final int HALT = 83;

  private Ins() {}
}
