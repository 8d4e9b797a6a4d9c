// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.primitives.rpc.RpcError;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** One thing that {@code eth_subscribe} can name. */
@FunctionalInterface
public interface SubscriptionSource {
  /**
   * Starts a subscription; runs on a virtual thread.
   *
   * @param params an array: what followed the name in the call's parameters
   * @param sink takes results from any thread and never blocks; nodes given to it must not be
   *     changed afterwards
   * @return ends the subscription; called once, from a virtual thread
   * @throws RpcError as the caller shall see it
   */
  AutoCloseable subscribe(JsonNode params, Consumer<JsonNode> sink) throws RpcError;
}
