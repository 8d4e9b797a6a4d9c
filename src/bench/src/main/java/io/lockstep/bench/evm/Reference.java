// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.evm;

import io.lockstep.execution.fixture.EvmRun;
import io.lockstep.primitives.types.Bytes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Another node that runs code by eth_call, the code given as a state override. One thread. */
final class Reference implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final JsonMapper json = JsonMapper.builder().build();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI endpoint;

  Reference(URI endpoint) {
    this.endpoint = endpoint;
  }

  Bytes call(Bytes code, long gas) throws IOException, InterruptedException {
    ObjectNode request = json.createObjectNode();
    request.put("jsonrpc", "2.0").put("id", 1).put("method", "eth_call");
    ArrayNode params = request.putArray("params");
    params
        .addObject()
        .put("to", EvmRun.CODE.toHex())
        .put("from", EvmRun.CALLER.toHex())
        .put("gas", "0x" + Long.toHexString(gas));
    params.add("latest");
    params.addObject().putObject(EvmRun.CODE.toHex()).put("code", code.toHex());
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(endpoint)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode answer = json.readTree(response.body());
    if (!answer.hasNonNull("result")) {
      throw new IOException(endpoint + " answers " + answer.path("error"));
    }
    return Bytes.fromHex(answer.path("result").asString(""));
  }

  @Override
  public void close() {
    client.close();
  }
}
