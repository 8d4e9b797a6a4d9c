// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.evm.Frame;
import io.lockstep.execution.evm.Status;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.fork.Op;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes down the tree of calls, as geth's {@code callTracer} does. The run's thread. */
final class CallTracer implements Tracer {
  private final TraceOptions options;
  private final TraceBudget budget;
  private final Deque<Open> open = new ArrayDeque<>();
  private @Nullable ObjectNode root;

  private record Open(ObjectNode node, long gas, boolean shown) {}

  CallTracer(TraceOptions options, TraceBudget budget) {
    this.options = options;
    this.budget = budget;
  }

  /** The transaction's own call, with the gas of the whole transaction. */
  ObjectNode root(long gasLimit, long gasUsed) {
    ObjectNode node = root == null ? RpcJson.NODES.objectNode() : root;
    RpcJson.putQuantity(node, "gas", gasLimit);
    RpcJson.putQuantity(node, "gasUsed", gasUsed);
    return node;
  }

  @Override
  public void enter(Frame frame) {
    Bytes input = frame.inputData();
    ObjectNode node = RpcJson.NODES.objectNode();
    node.put("type", Op.name(frame.kind()));
    node.put("from", frame.callerAddress().toHex());
    boolean creates = frame.kind() == Op.CREATE || frame.kind() == Op.CREATE2;
    node.put("to", (creates ? frame.selfAddress() : frame.codeAddress()).toHex());
    if (frame.kind() != Op.STATICCALL && frame.kind() != Op.DELEGATECALL) {
      RpcJson.putQuantity(node, "value", frame.value());
    }
    RpcJson.putQuantity(node, "gas", frame.gas());
    node.put("input", input.toHex());
    boolean shown = !budget.isSpent() && (open.isEmpty() || !options.onlyTop());
    if (root == null) {
      root = node;
    } else if (shown) {
      add(node);
    }
    budget.take(8 + input.size() / 32);
    open.push(new Open(node, frame.gas(), shown));
  }

  private void add(ObjectNode call) {
    Open parent = open.peek();
    if (parent != null) {
      ArrayNode calls =
          parent.node.get("calls") instanceof ArrayNode known
              ? known
              : parent.node.putArray("calls");
      calls.add(call);
    }
  }

  @Override
  public void exit(Frame frame, int status) {
    Open ended = open.pop();
    ObjectNode node = ended.node;
    RpcJson.putQuantity(node, "gasUsed", ended.gas - frame.gas());
    Bytes output = status == Status.STOPPED ? Bytes.EMPTY : frame.returnData();
    if (Status.isSuccess(status) || status == Status.REVERTED) {
      if (!output.isEmpty()) {
        node.put("output", output.toHex());
        budget.take(output.size() / 32);
      }
    }
    if (!Status.isSuccess(status)) {
      node.put("error", Status.message(status));
      node.remove("logs");
      if (status == Status.REVERTED) {
        RpcError worded = RevertReason.error(output);
        int colon = worded.text().indexOf(": ");
        if (colon > 0) {
          node.put("revertReason", worded.text().substring(colon + 2));
        }
      }
    }
  }

  @Override
  public void refused(Frame frame, int status) {
    if (!budget.isSpent() && !options.onlyTop()) {
      ObjectNode node = RpcJson.NODES.objectNode();
      node.put("type", Op.name(frame.kind()));
      node.put("from", frame.callerAddress().toHex());
      RpcJson.putQuantity(node, "gas", frame.gas());
      RpcJson.putQuantity(node, "gasUsed", 0);
      node.put("input", frame.inputData().toHex());
      node.put("error", Status.message(status));
      add(node);
      budget.take(8);
    }
  }

  @Override
  public void step(Frame frame, int op) {
    Open running = open.peek();
    if (running == null || !running.shown || budget.isSpent()) {
      return;
    }
    int size = frame.stackSize();
    if (op == Op.SELFDESTRUCT && size >= 1 && !options.onlyTop()) {
      ObjectNode node = RpcJson.NODES.objectNode();
      node.put("type", "SELFDESTRUCT");
      node.put("from", frame.selfAddress().toHex());
      node.put("to", Address.read(frame.stackWord(size - 1).toArray(), 12).toHex());
      RpcJson.putQuantity(node, "value", frame.state().account(frame.selfAddress()).balance());
      node.put("gas", "0x0").put("gasUsed", "0x0").put("input", "0x");
      add(node);
      budget.take(8);
    } else if (options.logs() && op >= Op.LOG0 && op <= Op.LOG4) {
      log(running.node, frame, op - Op.LOG0);
    }
  }

  private void log(ObjectNode call, Frame frame, int topicCount) {
    Log log = TracedLog.of(frame, topicCount);
    if (log != null) {
      ArrayNode logs = call.get("logs") instanceof ArrayNode known ? known : call.putArray("logs");
      ObjectNode node = logs.addObject().put("address", log.address().toHex());
      ArrayNode topics = node.putArray("topics");
      log.topics().forEach(topic -> topics.add(topic.toHex()));
      node.put("data", log.data().toHex());
      budget.take(8 + log.data().size() / 32);
    }
  }
}
