// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.BlockHeader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One block of a simulation: its place, and what the caller wants in it.
 *
 * @param blockOverrides an object, empty for a block that only fills a gap
 */
record SimulatedPlan(
    long number,
    long timestampSeconds,
    JsonNode blockOverrides,
    @Nullable JsonNode stateOverrides,
    JsonNode calls) {
  /** As far as BLOCKHASH reaches. */
  private static final int MAX_BLOCKS = 256;

  /** Between blocks whose time is not given, as common clients have it. */
  private static final long SECONDS_PER_BLOCK = 12;

  private static final int NUMBERS_OUT_OF_ORDER = -38_020;
  private static final int TIMES_OUT_OF_ORDER = -38_021;
  private static final int TOO_MANY_BLOCKS = -38_026;

  /** Puts the blocks in their places after {@code base}; gaps between them are filled. */
  static List<SimulatedPlan> of(JsonNode blocks, BlockHeader base) throws RpcError {
    if (!blocks.isArray() || blocks.isEmpty()) {
      throw RpcError.invalidParams("blockStateCalls: expected an array of at least one block");
    }
    if (blocks.size() > MAX_BLOCKS) {
      throw new RpcError(TOO_MANY_BLOCKS, "too many blocks");
    }
    List<SimulatedPlan> plans = new ArrayList<>();
    long number = base.number();
    long time = base.timestampSeconds();
    for (JsonNode block : blocks) {
      JsonNode overrides = object(block, "blockOverrides");
      long wanted = BlockOverrides.number(overrides, "number", "number", number + 1);
      if (wanted <= number) {
        throw new RpcError(
            NUMBERS_OUT_OF_ORDER, "block numbers must be in order: " + wanted + " <= " + number);
      }
      if (wanted - base.number() > MAX_BLOCKS) {
        throw new RpcError(TOO_MANY_BLOCKS, "too many blocks");
      }
      for (number++; number < wanted; number++) {
        time += SECONDS_PER_BLOCK;
        plans.add(
            new SimulatedPlan(
                number, time, RpcJson.NODES.objectNode(), null, RpcJson.NODES.arrayNode()));
      }
      long wantedTime =
          BlockOverrides.number(overrides, "time", "timestamp", time + SECONDS_PER_BLOCK);
      if (wantedTime <= time) {
        throw new RpcError(
            TIMES_OUT_OF_ORDER, "block timestamps must be in order: " + wantedTime + " <= " + time);
      }
      time = wantedTime;
      JsonNode stateOverrides = block.get("stateOverrides");
      plans.add(
          new SimulatedPlan(
              number,
              time,
              overrides,
              stateOverrides == null || stateOverrides.isNull() ? null : stateOverrides,
              calls(block)));
    }
    return plans;
  }

  private static JsonNode object(JsonNode block, String name) throws RpcError {
    if (!block.isObject()) {
      throw RpcError.invalidParams("blockStateCalls: expected objects");
    }
    JsonNode value = block.get(name);
    if (value == null || value.isNull()) {
      return RpcJson.NODES.objectNode();
    }
    if (!value.isObject()) {
      throw RpcError.invalidParams(name + ": expected an object");
    }
    return value;
  }

  private static JsonNode calls(JsonNode block) throws RpcError {
    JsonNode calls = block.get("calls");
    if (calls == null || calls.isNull()) {
      return RpcJson.NODES.arrayNode();
    }
    if (!calls.isArray()) {
      throw RpcError.invalidParams("calls: expected an array");
    }
    return calls;
  }
}
