// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A JSON-RPC client for the commands that ask a running node. One thread. */
final class RpcCaller {
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** No answer that a command waits for is longer: a block as hex, a genesis with its accounts. */
  private static final long MAX_ANSWER_BYTES = 256L << 20;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final URI endpoint;

  RpcCaller(URI endpoint) {
    this.endpoint = endpoint;
  }

  /** The endpoint answered with an error of its own. */
  static final class Answered extends IOException {
    Answered(String message) {
      super(message);
    }
  }

  /**
   * Calls a method.
   *
   * @param params texts and booleans, and lists and maps of them
   * @throws IOException when the endpoint is away, or {@link Answered} when it answers with an
   *     error
   */
  JsonNode call(String method, Object... params) throws IOException {
    ObjectNode request = JSON.createObjectNode();
    request.put("jsonrpc", "2.0").put("id", 1).put("method", method);
    ArrayNode list = request.putArray("params");
    for (Object param : params) {
      list.addPOJO(param);
    }
    try {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(endpoint)
                  .timeout(TIMEOUT)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(request)))
                  .build(),
              HttpResponse.BodyHandlers.limiting(
                  HttpResponse.BodyHandlers.ofString(), MAX_ANSWER_BYTES));
      JsonNode answer = JSON.readTree(response.body());
      JsonNode error = answer.get("error");
      if (error != null && !error.isNull()) {
        throw new Answered(method + ": " + error.path("message").asString());
      }
      JsonNode result = answer.get("result");
      if (result == null) {
        throw new IOException(endpoint + " is not a JSON-RPC endpoint");
      }
      return result;
    } catch (JacksonException e) {
      throw new IOException(endpoint + " did not answer with JSON", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
