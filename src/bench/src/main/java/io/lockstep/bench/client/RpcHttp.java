// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.client;

import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.uint.UInt256;
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

/** JSON-RPC over HTTP, a call or a batch at a time. Any thread. */
public final class RpcHttp {
  public static final ObjectMapper JSON = JsonMapper.builder().build();

  /** Longer than the node's own longest waiting time for a receipt by default. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient client;
  private final URI endpoint;

  public RpcHttp(HttpClient client, URI endpoint) {
    this.client = client;
    this.endpoint = endpoint;
  }

  public static String request(long id, String method, String... params) {
    ObjectNode out = JSON.createObjectNode();
    out.put("jsonrpc", "2.0").put("id", id).put("method", method);
    ArrayNode list = out.putArray("params");
    for (String param : params) {
      list.add(param);
    }
    return out.toString();
  }

  public JsonNode call(String method, String... params) throws BenchException {
    JsonNode answer = post(request(1, method, params));
    JsonNode result = answer.get("result");
    if (result == null) {
      throw new BenchException(
          endpoint
              + " answers "
              + method
              + " with "
              + answer.path("error").path("message").asString("nothing"));
    }
    return result;
  }

  /** Posts a message, such as a batch, and returns the answer to all of it. */
  public JsonNode post(String message) throws BenchException {
    try {
      HttpResponse<byte[]> response =
          client.send(
              HttpRequest.newBuilder(endpoint)
                  .timeout(TIMEOUT)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(message))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      return JSON.readTree(response.body());
    } catch (JacksonException e) {
      throw new BenchException(endpoint + " does not answer with JSON", e);
    } catch (IOException e) {
      throw new BenchException("no answer from " + endpoint + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  public UInt256 quantity(String method, String... params) throws BenchException {
    try {
      return Params.quantity(call(method, params), method);
    } catch (RpcError e) {
      throw new BenchException(endpoint + " answers " + method + " with " + e.text(), e);
    }
  }
}
