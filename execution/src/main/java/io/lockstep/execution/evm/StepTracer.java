// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.fork.Op;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns a run into finished steps, each with what it cost: the form of EIP-3155 and of the struct
 * logs of common clients. Hands over at most a given number of them. The run's thread.
 */
public final class StepTracer implements Tracer {
  /**
   * One executed opcode.
   *
   * @param gas before it
   * @param gasCost what it took, for calls with the gas handed on, for creations without it
   * @param depth 1 for the transaction's own message
   * @param stack before it, the lowest first; empty when stacks are not wanted
   * @param memory before it; empty when memory is not wanted
   * @param memorySize bytes before it
   * @param refund the counter before it
   * @param status of the frame, when this step ended it with an exceptional halt, else zero
   */
  public record Step(
      int pc,
      int op,
      long gas,
      long gasCost,
      int depth,
      List<UInt256> stack,
      Bytes memory,
      int memorySize,
      long refund,
      int status) {
    public String opName() {
      return Op.name(op);
    }
  }

  /** What to copy at each step. */
  public record Options(boolean stack, boolean memory, long maxSteps) {
    /** Stacks, and no end. */
    public static final Options STACKS = new Options(true, false, Long.MAX_VALUE);
  }

  private final Options options;
  private final Consumer<Step> sink;
  // The step of each open frame whose cost is not known yet.
  private final List<@Nullable Step> open = new ArrayList<>();
  private long handed;

  public StepTracer(Options options, Consumer<Step> sink) {
    this.options = options;
    this.sink = sink;
  }

  @Override
  public void enter(Frame frame) {
    if (frame.depth() > 0) {
      close(frame.depth() - 1, gasOfParent(frame), Status.RUNNING);
    }
    while (open.size() <= frame.depth()) {
      open.add(null);
    }
    open.set(frame.depth(), null);
  }

  @Override
  public void step(Frame frame, int op) {
    close(frame.depth(), frame.gas(), Status.RUNNING);
    if (handed >= options.maxSteps) {
      return;
    }
    open.set(
        frame.depth(),
        new Step(
            frame.pc(),
            op,
            frame.gas(),
            0,
            frame.depth() + 1,
            options.stack ? stackOf(frame) : List.of(),
            options.memory ? frame.memory() : Bytes.EMPTY,
            frame.memorySize(),
            frame.refund(),
            Status.RUNNING));
  }

  @Override
  public void exit(Frame frame, int status) {
    Step last = open.get(frame.depth());
    if (last != null && Status.burnsGas(status)) {
      // The frame's gas is gone by now: the least that the opcode costs is said in its place.
      long least = frame.evm.rules.ops()[last.op] >>> 32;
      close(frame.depth(), last.gas - Math.min(last.gas, least), status);
    } else {
      close(frame.depth(), frame.gas(), Status.RUNNING);
    }
  }

  @Override
  public void refused(Frame frame, int status) {
    // The parent has its gas back already; the step is shown as if it had been handed on.
    close(frame.depth() - 1, gasOfParent(frame) - frame.gas(), Status.RUNNING);
  }

  private static long gasOfParent(Frame child) {
    return child.evm.frame(child.depth() - 1).gas;
  }

  private static List<UInt256> stackOf(Frame frame) {
    List<UInt256> stack = new ArrayList<>(frame.stackSize());
    for (int i = 0; i < frame.stackSize(); i++) {
      stack.add(frame.stackWord(i));
    }
    return List.copyOf(stack);
  }

  private void close(int depth, long gasNow, int status) {
    Step step = depth < open.size() ? open.get(depth) : null;
    if (step == null) {
      return;
    }
    open.set(depth, null);
    handed++;
    sink.accept(
        new Step(
            step.pc,
            step.op,
            step.gas,
            step.gas - gasNow,
            step.depth,
            step.stack,
            step.memory,
            step.memorySize,
            step.refund,
            status));
  }
}
