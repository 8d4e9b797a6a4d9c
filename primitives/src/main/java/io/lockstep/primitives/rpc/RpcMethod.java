// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.rpc;

import tools.jackson.databind.JsonNode;

/**
 * One JSON-RPC method. It runs on a worker thread of the server that was given it and may block
 * within that server's time limit.
 */
@FunctionalInterface
public interface RpcMethod {
  /**
   * Answers one call.
   *
   * @param params the request's {@code params}: an array, an object, or a missing node
   * @return the result; JSON null is a {@code NullNode}
   * @throws RpcError as the caller shall see it
   */
  JsonNode call(JsonNode params) throws RpcError;
}
