// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm.register;

/**
 * One block as values and operations on them: what was on the stack at its entry, constants, and
 * results; and which value each place of the stack holds as the block stands so far. Places are
 * words relative to the top at entry: -1 is the topmost word there was. Used again for each block;
 * the thread of its {@link Translator}.
 */
final class BlockForm {
  /** Opcodes of a block at most. */
  static final int MAX_OPCODES = 64;

  /** An opcode inside a block takes four words at most, and reaches 17 deep. */
  private static final int ORIGIN = 4 * MAX_OPCODES + 32;

  static final int MAX_VALUES = ORIGIN + 2 * MAX_OPCODES + 64;

  /** No value. */
  static final int NONE = -1;

  // Kinds of values.
  static final byte ENTRY = 0;
  static final byte CONSTANT = 1;
  static final byte RESULT = 2;

  /** How the block ends. */
  enum End {
    /** Into the block that follows. */
    NEXT,
    JUMP,
    JUMP_IF,
    /** One opcode on the whole stack, then the block that follows. */
    COLD,
    /** One opcode that ends the frame; of the stack only its operands matter. */
    LEAVE,
    /** The frame stops, or fails for what the opcode is. */
    HALT
  }

  int values;
  final byte[] kind = new byte[MAX_VALUES];
  final int[] uses = new int[MAX_VALUES];

  /** Where the value was or would be on the stack when it came to be. */
  final int[] home = new int[MAX_VALUES];

  /** Of a result the operation that makes it. */
  final int[] maker = new int[MAX_VALUES];

  final long[] limbs = new long[4 * MAX_VALUES];

  int operations;
  final int[] opcode = new int[MAX_OPCODES];
  final int[] x = new int[MAX_OPCODES];
  final int[] y = new int[MAX_OPCODES];
  final int[] z = new int[MAX_OPCODES];
  final int[] result = new int[MAX_OPCODES];

  /** Of GAS what the opcodes up to it cost. */
  final int[] gasBefore = new int[MAX_OPCODES];

  private final int[] stack = new int[2 * ORIGIN];
  int low;
  int height;
  int growth;

  int pc;
  int gas;
  End end = End.NEXT;

  /** Of COLD, LEAVE and HALT. */
  int endOp;

  /** Of LEAVE how many words it takes. */
  int endWords;

  /** Of the jumps. */
  int target;

  int condition;

  void reset(int at) {
    values = 0;
    operations = 0;
    low = 0;
    height = 0;
    growth = 0;
    pc = at;
    gas = 0;
    end = End.NEXT;
    endWords = 0;
    target = NONE;
    condition = NONE;
  }

  /** The value at a place of the stack that was reached or pushed. */
  int at(int place) {
    return stack[ORIGIN + place];
  }

  /** Makes sure that the words down to a place are known: the stack must be that high at entry. */
  void reach(int place) {
    while (low > place) {
      low--;
      int value = fresh(ENTRY);
      home[value] = low;
      stack[ORIGIN + low] = value;
    }
  }

  int pop() {
    reach(height - 1);
    height--;
    return at(height);
  }

  void push(int value) {
    stack[ORIGIN + height] = value;
    height++;
    growth = Math.max(growth, height);
  }

  void swap(int depth) {
    int top = height - 1;
    reach(top - depth);
    int value = at(top);
    stack[ORIGIN + top] = at(top - depth);
    stack[ORIGIN + top - depth] = value;
  }

  int constant(long l0, long l1, long l2, long l3) {
    int value = fresh(CONSTANT);
    limbs[4 * value] = l0;
    limbs[4 * value + 1] = l1;
    limbs[4 * value + 2] = l2;
    limbs[4 * value + 3] = l3;
    return value;
  }

  boolean isConstant(int value) {
    return kind[value] == CONSTANT;
  }

  /** Whether a value is a constant of at most {@code limit} bits, 64 or fewer. */
  boolean isShort(int value, int bits) {
    int at = 4 * value;
    return isConstant(value)
        && (limbs[at + 1] | limbs[at + 2] | limbs[at + 3]) == 0
        && (bits == 64 || limbs[at] >>> bits == 0);
  }

  long low(int value) {
    return limbs[4 * value];
  }

  /** Appends an operation without a result. */
  int operate(int op, int first, int second, int third) {
    int number = operations++;
    opcode[number] = op;
    x[number] = first;
    y[number] = second;
    z[number] = third;
    result[number] = NONE;
    use(first);
    use(second);
    use(third);
    return number;
  }

  /** Appends an operation whose result is pushed. */
  void compute(int op, int first, int second, int third) {
    int number = operate(op, first, second, third);
    int value = fresh(RESULT);
    home[value] = height;
    maker[value] = number;
    result[number] = value;
    push(value);
  }

  void use(int value) {
    if (value != NONE) {
      uses[value]++;
    }
  }

  void release(int value) {
    if (value != NONE) {
      uses[value]--;
    }
  }

  private int fresh(byte what) {
    int value = values++;
    kind[value] = what;
    uses[value] = 0;
    return value;
  }
}
