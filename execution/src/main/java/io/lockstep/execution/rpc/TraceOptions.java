// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.RpcError;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * What a trace shall show.
 *
 * @param storage of steps the words touched so far, of a prestate the touched words
 * @param limit steps written down, 0 for all
 * @param onlyTop of a tree of calls only its root
 * @param logs of a tree of calls
 * @param diff of a prestate only what changed, and to what
 * @param code of a prestate
 */
record TraceOptions(
    Kind kind,
    boolean stack,
    boolean memory,
    boolean storage,
    boolean returnData,
    int limit,
    boolean onlyTop,
    boolean logs,
    boolean diff,
    boolean code) {
  /** What a trace is made of. */
  enum Kind {
    STEPS,
    CALLS,
    PRESTATE
  }

  static TraceOptions parse(@Nullable JsonNode given) throws RpcError {
    JsonNode options = given == null ? MissingNode.getInstance() : given;
    if (given != null && !given.isObject()) {
      throw RpcError.invalidParams("trace options: expected an object");
    }
    Kind kind =
        switch (options.path("tracer").asString("")) {
          case "", "structLogger" -> Kind.STEPS;
          case "callTracer" -> Kind.CALLS;
          case "prestateTracer" -> Kind.PRESTATE;
          default ->
              throw new RpcError(
                  RpcError.SERVER,
                  "no such tracer here; there are structLogger, callTracer and prestateTracer");
        };
    JsonNode config = options.path("tracerConfig");
    JsonNode ofStorage = kind == Kind.PRESTATE ? config : options;
    return new TraceOptions(
        kind,
        !options.path("disableStack").asBoolean(false),
        options.path("enableMemory").asBoolean(false),
        !ofStorage.path("disableStorage").asBoolean(false),
        options.path("enableReturnData").asBoolean(false),
        Math.max(0, options.path("limit").asInt(0)),
        config.path("onlyTopCall").asBoolean(false),
        config.path("withLog").asBoolean(false),
        config.path("diffMode").asBoolean(false),
        !config.path("disableCode").asBoolean(false));
  }
}
