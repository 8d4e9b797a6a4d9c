// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.RpcError;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Something that {@code eth_subscribe} can name; the node gives it to its server. */
@FunctionalInterface
public interface Subscription {
  /**
   * Starts one.
   *
   * @param params an array: what followed the name
   * @param sink takes results, never blocks
   * @return ends it
   * @throws RpcError as the caller shall see it
   */
  AutoCloseable subscribe(JsonNode params, Consumer<JsonNode> sink) throws RpcError;
}
