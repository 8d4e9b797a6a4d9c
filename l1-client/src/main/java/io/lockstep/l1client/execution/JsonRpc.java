// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.execution;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.HttpAnswer;
import io.lockstep.l1client.http.HttpCall;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.Json;
import io.lockstep.l1client.http.NoticeListener;
import io.lockstep.l1client.http.Transport;
import io.lockstep.primitives.codec.DecodeException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One JSON-RPC 2.0 call over HTTP to one endpoint. Any thread; blocks. */
final class JsonRpc {
  private static final int MAX_ERROR_TEXT = 300;

  /** Limit exceeded, resource unavailable: the node may answer later, another one now. */
  private static final int RESOURCE_UNAVAILABLE = -32002;

  private static final int LIMIT_EXCEEDED = -32005;

  private final Transport transport;
  private final HttpOptions options;
  private final AtomicLong nextId = new AtomicLong(1);

  JsonRpc(Transport transport, HttpOptions options) {
    this.transport = transport;
    this.options = options;
  }

  /** New heads as the endpoint tells them; only where it speaks WebSocket. */
  AutoCloseable newHeads(Endpoint endpoint, NoticeListener listener) throws L1Exception {
    return transport.subscribe(endpoint, "newHeads", options.timeoutMs(), listener);
  }

  /** The result; JSON null is a null node. */
  JsonNode call(Endpoint endpoint, String method, JsonNode... params) throws L1Exception {
    long id = nextId.getAndIncrement();
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("jsonrpc", "2.0").put("id", id).put("method", method);
    ArrayNode list = request.putArray("params");
    for (JsonNode param : params) {
      list.add(param);
    }
    HttpAnswer answer =
        transport.exchange(
            new HttpCall(
                endpoint,
                endpoint.uri(),
                "application/json",
                Json.MAPPER.writeValueAsBytes(request),
                options.maxAnswerBytes(),
                options.timeoutMs()));
    JsonNode reply;
    try {
      reply = Json.parse(answer.body());
    } catch (DecodeException e) {
      throw notRpc(endpoint, method, answer, e);
    }
    JsonNode error = Json.optional(reply, "error");
    if (error != null) {
      throw nodeError(endpoint, method, error);
    }
    if (!answer.isOk() || !reply.has("result")) {
      throw notRpc(endpoint, method, answer, null);
    }
    JsonNode echoed = reply.get("id");
    if (echoed == null || !echoed.asString().equals(Long.toString(id))) {
      throw new L1Exception(
          Kind.BAD_ANSWER, endpoint + ": " + method + ": the answer is to another request");
    }
    return reply.get("result");
  }

  private static L1Exception nodeError(Endpoint endpoint, String method, JsonNode error) {
    JsonNode codeNode = error.get("code");
    JsonNode messageNode = error.get("message");
    JsonNode dataNode = error.get("data");
    int code = codeNode != null && codeNode.isInt() ? codeNode.intValue() : 0;
    String text =
        messageNode != null && messageNode.isString() ? messageNode.stringValue() : "error";
    String shown = text.substring(0, Math.min(text.length(), MAX_ERROR_TEXT));
    String data = dataNode != null && dataNode.isString() ? dataNode.stringValue() : null;
    Kind kind =
        code == LIMIT_EXCEEDED || code == RESOURCE_UNAVAILABLE ? Kind.BUSY : Kind.NODE_ERROR;
    return new L1Exception(
        kind, code, endpoint + ": " + method + ": " + shown + " (" + code + ")", data, null);
  }

  private static L1Exception notRpc(
      Endpoint endpoint, String method, HttpAnswer answer, @Nullable DecodeException cause) {
    int status = answer.status();
    Kind kind = answer.isOk() ? Kind.BAD_ANSWER : L1Exception.kindOf(status);
    if (kind == Kind.REFUSED) {
      kind = Kind.BAD_ANSWER; // no JSON-RPC server says no in this way, a proxy does
    }
    String why = cause == null ? "neither result nor error" : String.valueOf(cause.getMessage());
    return new L1Exception(
        kind, status, endpoint + ": " + method + ": HTTP " + status + ", " + why, null, cause);
  }
}
