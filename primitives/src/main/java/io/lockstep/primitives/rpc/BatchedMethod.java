// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.rpc;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A JSON-RPC method that answers neighbouring calls of one batch as one piece of work, because that
 * costs less than one after the other. What is answered must be the same. On a worker thread.
 */
public interface BatchedMethod extends RpcMethod {
  /** The answer to one of several calls. */
  sealed interface Answer {
    record Result(JsonNode value) implements Answer {}

    record Failure(RpcError error) implements Answer {}
  }

  /**
   * Answers calls in their order.
   *
   * @param params of each call
   * @return as many answers, in the same order
   */
  List<Answer> callAll(List<JsonNode> params);
}
