// SPDX-License-Identifier: Apache-2.0
package io.lockstep.scenario;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON-RPC and REST as any client would speak it. */
public final class Rpc {
  public static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI endpoint;

  public Rpc(URI endpoint) {
    this.endpoint = endpoint;
  }

  /** The result; an error answer fails the test. */
  public JsonNode call(String method, Object... params) throws IOException, InterruptedException {
    JsonNode answer = raw(request(method, params));
    if (answer.has("error")) {
      throw new AssertionError(method + " answered " + answer.get("error"));
    }
    return answer.get("result");
  }

  /** The error of a call that must be refused. */
  public JsonNode error(String method, Object... params) throws IOException, InterruptedException {
    JsonNode answer = raw(request(method, params));
    if (!answer.has("error")) {
      throw new AssertionError(method + " was not refused: " + answer);
    }
    return answer.get("error");
  }

  public long number(String method, Object... params) throws IOException, InterruptedException {
    return Long.decode(call(method, params).asString());
  }

  public JsonNode raw(String body) throws IOException, InterruptedException {
    return JSON.readTree(post(endpoint, body).body());
  }

  public static HttpResponse<String> post(URI uri, String body)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  public static JsonNode get(URI uri) throws IOException, InterruptedException {
    HttpResponse<String> response =
        CLIENT.send(
            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).GET().build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new AssertionError(uri + " answered " + response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }

  private static String request(String method, Object... params) {
    ObjectNode request = JSON.createObjectNode();
    request.put("jsonrpc", "2.0").put("id", 1).put("method", method);
    ArrayNode list = request.putArray("params");
    for (Object param : params) {
      list.addPOJO(param);
    }
    return JSON.writeValueAsString(request);
  }
}
