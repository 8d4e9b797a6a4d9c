// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.RpcError;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a trace shall show.
 *
 * @param calls the tree of calls instead of the single steps
 * @param limit steps written down, 0 for all
 * @param onlyTop of a tree of calls only its root
 */
record TraceOptions(
    boolean calls,
    boolean stack,
    boolean memory,
    boolean storage,
    boolean returnData,
    int limit,
    boolean onlyTop,
    boolean logs) {

  static TraceOptions parse(@Nullable JsonNode options) throws RpcError {
    if (options == null) {
      return new TraceOptions(false, true, false, true, false, 0, false, false);
    }
    if (!options.isObject()) {
      throw RpcError.invalidParams("trace options: expected an object");
    }
    String tracer = options.path("tracer").asString("");
    if (!tracer.isEmpty() && !tracer.equals("callTracer") && !tracer.equals("structLogger")) {
      throw new RpcError(
          RpcError.SERVER, "no such tracer here; there are structLogger and callTracer");
    }
    JsonNode config = options.path("tracerConfig");
    return new TraceOptions(
        tracer.equals("callTracer"),
        !options.path("disableStack").asBoolean(false),
        options.path("enableMemory").asBoolean(false),
        !options.path("disableStorage").asBoolean(false),
        options.path("enableReturnData").asBoolean(false),
        Math.max(0, options.path("limit").asInt(0)),
        config.path("onlyTopCall").asBoolean(false),
        config.path("withLog").asBoolean(false));
  }
}
