// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Calls to a given L1's clients: one at a time, each with a time limit and a bounded answer. One
 * thread.
 */
public final class L1Client implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int MAX_ANSWER_BYTES = 16 << 20;

  private final URI rpc;
  private final URI beacon;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private long nextId = 1;

  public L1Client(URI rpc, URI beacon) {
    this.rpc = rpc;
    this.beacon = beacon;
  }

  /**
   * A JSON-RPC call.
   *
   * @throws DeployException when the client is away or answers with an error
   */
  public JsonNode call(String method, JsonNode... params) throws DeployException {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("jsonrpc", "2.0").put("id", nextId++).put("method", method);
    ArrayNode list = request.putArray("params");
    for (JsonNode param : params) {
      list.add(param);
    }
    HttpRequest post =
        HttpRequest.newBuilder(rpc)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
            .build();
    JsonNode answer = send(post, rpc + " " + method);
    JsonNode error = answer.path("error");
    if (error.isObject()) {
      throw new DeployException(
          "%s %s: %s".formatted(rpc, method, error.path("message").asString("no message")));
    }
    JsonNode result = answer.get("result");
    if (result == null) {
      throw new DeployException("%s %s: no result".formatted(rpc, method));
    }
    return result;
  }

  /** A GET of the beacon node; the answer's "data". */
  public JsonNode beacon(String path) throws DeployException {
    URI address = URI.create(beacon.toString().replaceAll("/+$", "") + path);
    JsonNode data =
        send(HttpRequest.newBuilder(address).timeout(TIMEOUT).build(), address.toString());
    if (!data.has("data")) {
      throw new DeployException(address + ": " + data.path("message").asString("no data"));
    }
    return data.get("data");
  }

  private JsonNode send(HttpRequest request, String what) throws DeployException {
    try {
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        byte[] body = in.readNBytes(MAX_ANSWER_BYTES + 1);
        if (body.length > MAX_ANSWER_BYTES) {
          throw new DeployException(
              what + ": an answer of more than " + MAX_ANSWER_BYTES + " bytes");
        }
        return GenesisJson.MAPPER.readTree(body);
      }
    } catch (IOException e) {
      throw new DeployException(what + ": " + e, e);
    } catch (JacksonException e) {
      throw new DeployException(what + ": the answer is not JSON", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeployException(what + ": interrupted", e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
