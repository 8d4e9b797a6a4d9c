// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.evm.register.Program;
import io.lockstep.execution.evm.register.Translator;
import io.lockstep.execution.fork.Op;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.Code;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.execution.precompile.Precompile;
import io.lockstep.execution.precompile.Precompiles;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.LimbDivision;
import io.lockstep.primitives.uint.LimbMath;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The machine: runs a message and everything it calls, in a loop over frames pooled by depth, on
 * one arena of stack words and one of memory. Amounts of gas in gas. One thread; reused for every
 * message of a block.
 */
public final class Evm {
  /** Yellow paper: frames above the transaction's own. */
  static final int MAX_DEPTH = 1024;

  /** No message has the gas to reach it, and it keeps all sums of offsets within an int. */
  static final int MAX_MEMORY_BYTES = 1 << 29;

  /** Longs that a frame's stack may take: 1,024 words, and what engines write beyond. */
  private static final int STACK_LONGS = 1024 * 4 + 8 + Translator.TEMPORARY_LONGS;

  /**
   * Gas that must have been spent on a code, for each of its bytes, before it is translated: what a
   * translation costs in time is then less than what that gas cost.
   */
  private static final int HOT_GAS_PER_BYTE = 4;

  /** A loop asks so often whether to stop: a millisecond or so. */
  private static final long STOP_SLICE_GAS = 1 << 20;

  /** A traced run asks after so many steps, a power of two. */
  private static final int STOP_STEPS = 1 << 12;

  private static final int INITIAL_MEMORY_BYTES = 1 << 14;

  /** A bigger arena is given back at the end of a message. */
  private static final int KEPT_MEMORY_BYTES = 1 << 22;

  final Rules rules;
  final Precompiles precompiles;

  /** Whose addresses are warm from the beginning (EIP-2929), whatever stands there. */
  final Precompiles warmPrecompiles;

  final JournaledState state;
  final BlockContext block;
  final long[] scratch = new long[LimbDivision.SCRATCH_LONGS];
  final byte[] hash = new byte[32];
  long[] table;
  long[] stack = new long[2 * STACK_LONGS];
  byte[] memory = new byte[INITIAL_MEMORY_BYTES];
  byte[] returnData = new byte[1024];
  int returnLength;
  TxContext tx = new TxContext(Address.ZERO, UInt256.ZERO, List.of());

  // Where in the arena a frame that returned or reverted has its output.
  int outputOffset;
  int outputLength;

  private final Engine engine;
  private final List<Frame> frames = new ArrayList<>();
  private @Nullable Tracer tracer;
  private @Nullable BooleanSupplier stop;
  private int tracedSteps;

  public Evm(Rules rules, JournaledState state, BlockContext block) {
    this(rules, state, block, Engine.REGISTER);
  }

  public Evm(Rules rules, JournaledState state, BlockContext block, Engine engine) {
    this(rules, state, block, engine, Precompiles.of(rules.fork));
  }

  /** With other precompiles than the fork has. */
  public Evm(
      Rules rules,
      JournaledState state,
      BlockContext block,
      Engine engine,
      Precompiles precompiles) {
    this.rules = rules;
    this.engine = engine;
    this.precompiles = precompiles;
    this.warmPrecompiles = Precompiles.of(rules.fork);
    this.state = state;
    this.block = block;
    this.table = rules.ops();
  }

  /** Sets who watches what follows, null for nobody. */
  public void trace(@Nullable Tracer watcher) {
    tracer = watcher;
    table = watcher == null ? rules.ops() : Rules.tracedOps();
  }

  /**
   * Lets runs end with a {@link StoppedException} soon after the question is answered yes; without
   * one, as for blocks, nothing but gas ends them.
   */
  public void stopWhen(BooleanSupplier question) {
    stop = question;
  }

  /** The gas at which a loop that has {@code gas} left asks whether to stop; zero for never. */
  long stopFloor(long gas) {
    return stop == null ? 0 : Math.max(0, gas - STOP_SLICE_GAS);
  }

  void stopIfAsked() {
    BooleanSupplier question = stop;
    if (question != null && question.getAsBoolean()) {
      throw new StoppedException();
    }
  }

  @Nullable Tracer tracer() {
    return tracer;
  }

  /** Runs a message to its end on the state; warmth and nonces are the caller's business. */
  public Outcome run(Message message, TxContext context) {
    tx = context;
    returnLength = 0;
    Frame first = frame(0);
    first.stackBase = 0;
    first.memoryBase = 0;
    int status = Messages.begin(this, first, message);
    if (status == Status.CALLING) {
      status = loop();
    }
    Bytes output =
        Status.burnsGas(status) ? Bytes.EMPTY : Bytes.wrap(Arrays.copyOf(returnData, returnLength));
    if (memory.length > KEPT_MEMORY_BYTES) {
      memory = new byte[INITIAL_MEMORY_BYTES];
    }
    if (returnData.length > KEPT_MEMORY_BYTES) {
      returnData = new byte[1024];
    }
    Address created = message.to() == null && Status.isSuccess(status) ? first.selfAddress() : null;
    return new Outcome(status, first.gas, output, created);
  }

  private int loop() {
    Frame f = frames.getFirst();
    while (true) {
      int status = run(f);
      if (status == Status.CALLING) {
        f = frames.get(f.depth + 1);
        continue;
      }
      stopIfAsked();
      status = Messages.end(this, f, status);
      if (f.depth == 0) {
        return status;
      }
      Frame parent = frames.get(f.depth - 1);
      Messages.resume(this, parent, f, status);
      f = parent;
    }
  }

  private int run(Frame f) {
    Program program = f.program;
    if (program != null) {
      return RegisterLoop.run(this, f, program);
    }
    if (engine == Engine.PLAIN || tracer != null) {
      f.hotBelow = Long.MIN_VALUE;
      return Interpreter.run(this, f);
    }
    Code code = f.code;
    long before = f.gas;
    f.hotBelow = before - Math.max(0, (long) HOT_GAS_PER_BYTE * code.size() - code.spentGas());
    int status = Interpreter.run(this, f);
    // What a child was given is not spent yet, and not on this code.
    long given = status == Status.CALLING ? frame(f.depth + 1).gas : 0;
    code.spend(before - f.gas - given);
    if (status != Status.HOT) {
      return status;
    }
    Program made = programOf(code);
    f.program = made;
    f.block = made.blockAt(code.jumpDestinations(), f.pc);
    return RegisterLoop.run(this, f, made);
  }

  private Program programOf(Code code) {
    if (code.form() instanceof Program known && known.rules() == rules) {
      return known;
    }
    Program made = Translator.translate(code, rules);
    state.setForm(code, made);
    return made;
  }

  /** Whether a frame should run the translation of its code from the beginning. */
  private boolean runsProgram(Code code) {
    if (engine == Engine.PLAIN || tracer != null) {
      return false;
    }
    return engine == Engine.EAGER
        || (code.form() instanceof Program known && known.rules() == rules)
        || code.spentGas() >= (long) HOT_GAS_PER_BYTE * code.size();
  }

  /** The pooled frame of a depth. */
  Frame frame(int depth) {
    if (depth == frames.size()) {
      frames.add(new Frame(this, depth));
    }
    return frames.get(depth);
  }

  /** Gives a frame its empty stack and memory above its parent's. */
  void prepare(Frame f) {
    f.pc = 0;
    f.sp = f.stackBase;
    f.memorySize = 0;
    f.program = runsProgram(f.code) ? programOf(f.code) : null;
    f.block = Program.FIRST;
    returnLength = 0;
    if (f.stackBase + STACK_LONGS > stack.length) {
      stack = Arrays.copyOf(stack, Math.max(stack.length * 2, f.stackBase + STACK_LONGS));
    }
  }

  /** Tells what is wrong with an opcode, or traces it and says go on. */
  int slowPath(Frame f, int op) {
    Tracer watcher = tracer;
    if (watcher != null) {
      tracedSteps++;
      if ((tracedSteps & (STOP_STEPS - 1)) == 0) {
        stopIfAsked();
      }
      watcher.step(f, op);
    }
    if (!rules.defines(op)) {
      return op == Op.INVALID ? Status.INVALID_OPCODE : Status.UNDEFINED_OPCODE;
    }
    long info = rules.ops()[op];
    int height = f.sp - f.stackBase - ((int) info >>> 16);
    if (height < 0) {
      return Status.STACK_UNDERFLOW;
    }
    return height > ((int) info & 0xffff) ? Status.STACK_OVERFLOW : Status.RUNNING;
  }

  /** How a frame ends whose code goes no further at this opcode. */
  static int haltAt(int op) {
    return switch (op) {
      case Op.STOP -> Status.STOPPED;
      case Op.JUMP -> Status.BAD_JUMP;
      case Op.INVALID -> Status.INVALID_OPCODE;
      default -> Status.UNDEFINED_OPCODE;
    };
  }

  /** Grows a frame's memory to hold {@code end} bytes; the gas left, negative for not enough. */
  long expand(Frame f, int end, long gas) {
    long before = f.memorySize / 32;
    long words = (end + 31L) >>> 5;
    if (words <= before) {
      return gas;
    }
    long left = gas - 3 * (words - before) - (words * words / 512 - before * before / 512);
    if (left < 0) {
      return left;
    }
    int size = (int) words << 5;
    int needed = f.memoryBase + size;
    if (needed < 0) {
      return -1;
    }
    if (needed > memory.length) {
      memory =
          Arrays.copyOf(
              memory, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * memory.length)));
    }
    // A frame that ended may have left its bytes here.
    Arrays.fill(memory, f.memoryBase + f.memorySize, needed, (byte) 0);
    f.memorySize = size;
    return left;
  }

  /**
   * Grows memory for the range whose offset and length are the words at {@code at} and {@code
   * lengthAt}; the gas left, negative when it cannot be paid. An empty range needs nothing.
   */
  long cover(Frame f, int at, int lengthAt, long gas) {
    long[] s = stack;
    if ((s[lengthAt + 1] | s[lengthAt + 2] | s[lengthAt + 3]) != 0) {
      return -1;
    }
    long length = s[lengthAt];
    if (length == 0) {
      return gas;
    }
    long offset = s[at];
    if ((s[at + 1] | s[at + 2] | s[at + 3]) != 0
        || Long.compareUnsigned(offset, MAX_MEMORY_BYTES) > 0
        || Long.compareUnsigned(length, MAX_MEMORY_BYTES) > 0) {
      return -1;
    }
    return expand(f, (int) (offset + length), gas);
  }

  /** The same, charging {@code f.gas}; false when it cannot be paid. */
  boolean cover(Frame f, int at, int lengthAt) {
    f.gas = cover(f, at, lengthAt, f.gas);
    return f.gas >= 0;
  }

  /** Charges; false when there is not enough. */
  static boolean charge(Frame f, long amount) {
    f.gas -= amount;
    return f.gas >= 0;
  }

  void setReturnData(byte[] bytes, int offset, int length) {
    if (length > returnData.length) {
      returnData = new byte[Math.max(length, returnData.length * 2)];
    }
    System.arraycopy(bytes, offset, returnData, 0, length);
    returnLength = length;
  }

  Bytes returnDataCopy() {
    return Bytes.wrap(Arrays.copyOf(returnData, returnLength));
  }

  /** Pushes an address that is in three words. */
  static void pushAddress(long[] s, int r, Address address) {
    long middle = address.middle();
    s[r] = middle << 32 | (address.low() & 0xffffffffL);
    s[r + 1] = address.high() << 32 | middle >>> 32;
    s[r + 2] = address.high() >>> 32;
    s[r + 3] = 0;
  }

  static long addressHigh(long[] s, int a) {
    return s[a + 2] << 32 | s[a + 1] >>> 32;
  }

  static long addressMiddle(long[] s, int a) {
    return s[a + 1] << 32 | s[a] >>> 32;
  }

  static int addressLow(long[] s, int a) {
    return (int) s[a];
  }

  @Nullable Precompile precompileAt(Address address) {
    return precompiles.at(address.high(), address.middle(), address.low());
  }

  /** Pushes one or zero. */
  void pushBoolean(Frame f, boolean value) {
    LimbMath.set(stack, f.push(), value ? 1 : 0);
  }
}
