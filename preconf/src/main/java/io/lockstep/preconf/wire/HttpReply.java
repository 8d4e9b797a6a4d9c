// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a {@link HttpHandler} answers. */
public sealed interface HttpReply {
  /** A whole answer; {@code body} must not be changed afterwards. */
  record Content(int status, String contentType, Map<String, String> headers, byte[] body)
      implements HttpReply {}

  /**
   * A stream of server-sent events. {@code onOpen} is called on a virtual thread when the head of
   * the answer is on its way; the sink may be kept and used from any thread.
   */
  record EventStream(Consumer<EventSink> onOpen) implements HttpReply {}

  static Content json(int status, JsonNode body) {
    return new Content(status, "application/json", Map.of(), Json.write(body));
  }

  static Content text(int status, String contentType, String body) {
    return new Content(status, contentType, Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  /** The beacon API's form of an error, used for every HTTP error of this server. */
  static Content error(int status, String message) {
    return json(
        status, JsonNodeFactory.instance.objectNode().put("code", status).put("message", message));
  }
}
