// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.evm.Frame;
import io.lockstep.execution.evm.Status;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.fork.Op;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes down every step, as {@code debug_trace*} answer by default. The run's thread. */
final class StructLogTracer implements Tracer {
  /** Yellow paper, appendix G: a byte. */
  private static final long CODE_DEPOSIT_GAS = 200;

  private final TraceOptions options;
  private final TraceBudget budget;
  private final ArrayNode steps = RpcJson.NODES.arrayNode();
  private final Deque<Open> frames = new ArrayDeque<>();
  private final Map<Address, Map<UInt256, UInt256>> storage = new HashMap<>();

  /** A running frame and its last step, whose cost is known when the next thing happens. */
  private static final class Open {
    final Frame frame;
    @Nullable ObjectNode step;
    long gasBefore;
    @Nullable UInt256 loading;

    Open(Frame frame) {
      this.frame = frame;
    }
  }

  StructLogTracer(TraceOptions options, TraceBudget budget) {
    this.options = options;
    this.budget = budget;
  }

  ArrayNode steps() {
    return steps;
  }

  @Override
  public void enter(Frame frame) {
    Open parent = frames.peek();
    if (parent != null) {
      settle(parent);
    }
    frames.push(new Open(frame));
  }

  @Override
  public void exit(Frame frame, int status) {
    Open open = frames.pop();
    ObjectNode last = open.step;
    if (Status.isSuccess(status) && isCreation(frame)) {
      // The deposit of the new code is the creation's cost, not that of its last step.
      open.gasBefore -= CODE_DEPOSIT_GAS * frame.returnData().size();
    }
    settle(open);
    // A revert is an instruction that did what it should.
    if (last != null && Status.burnsGas(status)) {
      last.put("error", Status.message(status));
    }
  }

  private static boolean isCreation(Frame frame) {
    return frame.kind() == Op.CREATE || frame.kind() == Op.CREATE2;
  }

  @Override
  public void step(Frame frame, int op) {
    Open open = frames.peek();
    if (open == null) {
      return;
    }
    settle(open);
    if (budget.isSpent() || (options.limit() > 0 && steps.size() >= options.limit())) {
      return;
    }
    ObjectNode step = steps.addObject();
    budget.take(1);
    open.step = step;
    open.gasBefore = frame.gas();
    step.put("pc", frame.pc());
    step.put("op", Op.name(op));
    step.put("gas", frame.gas());
    step.put("gasCost", 0L);
    step.put("depth", frame.depth() + 1);
    if (frame.refund() != 0) {
      step.put("refund", frame.refund());
    }
    if (options.stack()) {
      stack(step, frame);
    }
    if (options.memory()) {
      memory(step, frame);
    }
    if (options.returnData()) {
      Bytes returned = frame.returnData();
      if (!returned.isEmpty()) {
        step.put("returnData", returned.toHex());
        budget.take(returned.size() / 32);
      }
    }
    if (options.storage()) {
      storage(step, open, op);
    }
  }

  /** The last step is over: what it cost and what it loaded are there. */
  private void settle(Open open) {
    ObjectNode step = open.step;
    if (step == null) {
      return;
    }
    open.step = null;
    step.put("gasCost", open.gasBefore - open.frame.gas());
    UInt256 key = open.loading;
    if (key != null) {
      open.loading = null;
      int size = open.frame.stackSize();
      if (size > 0) {
        remember(step, open.frame, key, open.frame.stackWord(size - 1));
      }
    }
  }

  private void stack(ObjectNode step, Frame frame) {
    ArrayNode stack = step.putArray("stack");
    for (int i = 0; i < frame.stackSize(); i++) {
      stack.add(frame.stackWord(i).toQuantity());
    }
    budget.take(frame.stackSize());
  }

  private void memory(ObjectNode step, Frame frame) {
    Bytes memory = frame.memory();
    if (memory.isEmpty()) {
      return;
    }
    ArrayNode chunks = step.putArray("memory");
    for (int at = 0; at < memory.size(); at += 32) {
      chunks.add(memory.slice(at, at + 32).toHex());
    }
    budget.take(memory.size() / 32);
  }

  private void storage(ObjectNode step, Open open, int op) {
    Frame frame = open.frame;
    int size = frame.stackSize();
    if (op == Op.SLOAD && size >= 1) {
      open.loading = frame.stackWord(size - 1);
    } else if (op == Op.SSTORE && size >= 2) {
      remember(step, frame, frame.stackWord(size - 1), frame.stackWord(size - 2));
    }
  }

  /** Shows all words of the contract that were touched so far. */
  private void remember(ObjectNode step, Frame frame, UInt256 key, UInt256 value) {
    Map<UInt256, UInt256> known =
        storage.computeIfAbsent(frame.selfAddress(), each -> new TreeMap<>());
    known.put(key, value);
    ObjectNode shown = step.putObject("storage");
    known.forEach((slot, word) -> shown.put(slot.toHash().toHex(), word.toHash().toHex()));
    budget.take(2 * known.size());
  }
}
