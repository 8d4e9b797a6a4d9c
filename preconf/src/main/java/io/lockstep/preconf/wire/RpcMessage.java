// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.primitives.rpc.RpcError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/** A JSON-RPC 2.0 message taken apart. */
sealed interface RpcMessage {
  /** One call, or several of a batch, in their order. */
  record Calls(List<Call> calls, boolean batch) implements RpcMessage {}

  /** Not a message at all: one error answer whose id is null. */
  record Unreadable(RpcError error) implements RpcMessage {}

  /**
   * One call.
   *
   * @param id as it came; null for a notification, which is not answered
   * @param fault what is wrong with the call itself; then it is not made
   */
  record Call(@Nullable JsonNode id, String method, JsonNode params, @Nullable RpcError fault) {}

  static RpcMessage parse(Json json, byte[] body, int maxBatchCalls) {
    List<Call> calls = new ArrayList<>();
    boolean[] batch = new boolean[1];
    boolean[] overlong = new boolean[1];
    try {
      json.read(
          body,
          new Json.Visitor() {
            @Override
            public void single(JsonNode value) {
              calls.add(call(value));
            }

            @Override
            public boolean element(JsonNode value) {
              batch[0] = true;
              overlong[0] = calls.size() == maxBatchCalls;
              return !overlong[0] && calls.add(call(value));
            }
          });
    } catch (JacksonException e) {
      return new Unreadable(new RpcError(RpcError.PARSE, "parse error: " + brief(e)));
    }
    if (overlong[0]) {
      return new Unreadable(
          new RpcError(
              RpcError.INVALID_REQUEST, "batch of more than the limit of " + maxBatchCalls));
    }
    if (calls.isEmpty()) {
      return new Unreadable(new RpcError(RpcError.INVALID_REQUEST, "empty batch"));
    }
    return new Calls(calls, batch[0]);
  }

  private static Call call(JsonNode value) {
    JsonNode missing = MissingNode.getInstance();
    if (!value.isObject()) {
      return faulty(nullId(), RpcError.INVALID_REQUEST, "invalid request: not an object");
    }
    JsonNode id = value.get("id");
    if (id != null && !id.isValueNode()) {
      return faulty(
          nullId(), RpcError.INVALID_REQUEST, "invalid request: id must be a string or a number");
    }
    JsonNode version = value.path("jsonrpc");
    JsonNode method = value.path("method");
    // A malformed request is answered even without an id: it cannot be known to be a notification.
    JsonNode answerTo = id == null ? nullId() : id;
    if (!version.isString() || !version.asString().equals("2.0")) {
      return faulty(answerTo, RpcError.INVALID_REQUEST, "invalid request: jsonrpc must be \"2.0\"");
    }
    if (!method.isString()) {
      return faulty(answerTo, RpcError.INVALID_REQUEST, "invalid request: method must be a string");
    }
    JsonNode params = value.path("params");
    if (params.isNull()) {
      params = missing;
    }
    if (!params.isMissingNode() && !params.isContainer()) {
      return new Call(
          id, "", missing, RpcError.invalidParams("params must be an array or an object"));
    }
    return new Call(id, method.asString(), params, null);
  }

  private static Call faulty(JsonNode id, int code, String message) {
    return new Call(id, "", MissingNode.getInstance(), new RpcError(code, message));
  }

  private static JsonNode nullId() {
    return JsonNodeFactory.instance.nullNode();
  }

  /** Jackson's first line, without its hints on what to configure. */
  private static String brief(JacksonException e) {
    String message = e.getOriginalMessage();
    if (message == null || message.isBlank()) {
      return "invalid JSON";
    }
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    return line.length() <= 200 ? line : line.substring(0, 200) + "…";
  }
}
