// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The trace of one transaction or call while it runs, of the kind asked for. The run's thread. */
final class Recording {
  private final TraceOptions options;
  private final TraceBudget budget;
  private final StructLogTracer steps;
  private final CallTracer calls;
  private final PrestateTracer prestate;

  /**
   * Begins one.
   *
   * @param outside accounts that are touched beside what the code does
   */
  Recording(TraceOptions options, TraceBudget budget, List<Address> outside) {
    this.options = options;
    this.budget = budget;
    this.steps = new StructLogTracer(options, budget);
    this.calls = new CallTracer(options, budget);
    this.prestate = new PrestateTracer(options, budget);
    if (options.kind() == TraceOptions.Kind.PRESTATE) {
      outside.forEach(prestate::touch);
    }
  }

  /** How a run ended. */
  record End(long gasLimit, long gasUsed, boolean success, Bytes output) {}

  Tracer tracer() {
    return switch (options.kind()) {
      case STEPS -> steps;
      case CALLS -> calls;
      case PRESTATE -> prestate;
    };
  }

  /** Whether {@link #answer} looks at the states. */
  boolean readsStates() {
    return options.kind() == TraceOptions.Kind.PRESTATE;
  }

  JsonNode answer(End end, StateReader before, StateReader after) throws RpcError {
    budget.check();
    JsonNode answer =
        switch (options.kind()) {
          case STEPS -> steps(end);
          case CALLS -> calls.root(end.gasLimit(), end.gasUsed());
          case PRESTATE -> prestate.answer(before, after);
        };
    budget.check();
    return answer;
  }

  private ObjectNode steps(End end) {
    ObjectNode node = RpcJson.NODES.objectNode();
    node.put("gas", end.gasUsed());
    node.put("failed", !end.success());
    node.put("returnValue", end.output().toHex());
    node.set("structLogs", steps.steps());
    return node;
  }
}
