// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * {@code eth_simulateV1}: blocks of calls one after another on a sealed block, as if they were
 * built. Any thread; the work runs on the call pool.
 */
final class SimulateMethod implements RpcMethod {
  private final ChainView view;
  private final CallOptions options;
  private final CallPool pool;
  private final BlockExecutor executor;

  SimulateMethod(ChainView view, CallOptions options, CallPool pool, BlockExecutor executor) {
    this.view = view;
    this.options = options;
    this.pool = pool;
    this.executor = executor;
  }

  /** What applies to the whole simulation. */
  record Mode(boolean validates, boolean tracesTransfers, boolean fullTransactions) {}

  @Override
  public JsonNode call(JsonNode params) throws RpcError {
    JsonNode payload = Params.required(params, 0);
    if (!payload.isObject()) {
      throw RpcError.invalidParams("invalid argument 0: expected an object");
    }
    Mode mode =
        new Mode(
            flag(payload, "validation"),
            flag(payload, "traceTransfers"),
            flag(payload, "returnFullTransactions"));
    Hash32 baseHash = BlockParam.at(params, 1).sealedHash(view);
    BlockHeader base = baseHash == null ? null : view.header(baseHash);
    if (baseHash == null || base == null) {
      throw new RpcError(RpcError.SERVER, "header not found");
    }
    StateReader state = view.stateAt(baseHash);
    if (state == null) {
      throw RpcError.pruned("the state of block " + base.number());
    }
    List<SimulatedPlan> plans = SimulatedPlan.of(payload.path("blockStateCalls"), base);
    return pool.run(() -> {
      Simulation simulation =
          new Simulation(view, executor, options.callGasCap(), mode, baseHash, base, state);
      ArrayNode blocks = RpcJson.NODES.arrayNode();
      for (SimulatedPlan plan : plans) {
        CallPool.checkAborted();
        blocks.add(simulation.next(plan));
      }
      return blocks;
    });
  }

  private static boolean flag(JsonNode payload, String name) throws RpcError {
    JsonNode value = payload.get(name);
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw RpcError.invalidParams(name + ": expected a boolean");
    }
    return value.asBoolean();
  }
}
