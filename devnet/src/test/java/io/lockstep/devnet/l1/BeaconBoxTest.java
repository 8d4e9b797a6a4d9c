// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The beacon side over an execution client that it knows by JSON-RPC alone: here another box, whose
 * own beacon side is not asked, but for its blobs, which a client serves beside its JSON-RPC.
 */
class BeaconBoxTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path dir;
  private final HttpClient http = HttpClient.newHttpClient();
  private TestBox execution;
  private HttpServer front;
  private volatile boolean servesBlobs = true;

  @BeforeEach
  void start() throws Exception {
    execution = TestBox.open(dir.resolve("execution"));
    front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    front.createContext(
        "/",
        exchange -> {
          boolean blobs = exchange.getRequestURI().getPath().contains("/blobs/");
          HttpRequest onward =
              blobs
                  ? HttpRequest.newBuilder(
                          execution.box.beaconUri().resolve(exchange.getRequestURI().getPath()))
                      .build()
                  : HttpRequest.newBuilder(execution.box.rpcUri())
                      .header("Content-Type", "application/json")
                      .POST(
                          HttpRequest.BodyPublishers.ofByteArray(
                              exchange.getRequestBody().readAllBytes()))
                      .build();
          byte[] answer =
              blobs && !servesBlobs
                  ? "{\"code\":404,\"message\":\"no such route\"}".getBytes(StandardCharsets.UTF_8)
                  : send(onward);
          exchange.sendResponseHeaders(blobs && !servesBlobs ? 404 : 200, answer.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer);
          }
        });
    front.start();
  }

  @AfterEach
  void stop() {
    front.stop(0);
    http.shutdownNow();
    execution.close();
  }

  @Test
  void makesABeaconBlockForEachBlockAndMissesSlotsWithoutOne() throws Exception {
    execution.levers.mine(3);
    execution.levers.skip(2);
    execution.levers.mine(4);
    try (BeaconBox beacon = open("beacon")) {
      awaitSlot(beacon, 7);
      assertThat(beacon.clock().genesisSeconds()).isEqualTo(execution.box.clock().genesisSeconds());
      assertThat(slots(beacon, 7)).containsExactly(true, true, true, false, false, true, true);
      assertThat(executionHash(beacon, "7")).isEqualTo(latestHash());
      execution.levers.mine(1);
      awaitSlot(beacon, 8);
      assertThat(executionHash(beacon, "head")).isEqualTo(latestHash());
    }
  }

  @Test
  void followsAReorgAndGoesOnWhereItWas() throws Exception {
    String replaced;
    try (BeaconBox beacon = open("beacon")) {
      execution.levers.mine(4);
      awaitSlot(beacon, 4);
      replaced = root(beacon, "4");
      execution.levers.reorg(2, false);
      execution.levers.mine(1);
      awaitSlot(beacon, 5);
      assertThat(slots(beacon, 5)).containsExactly(true, true, false, false, true);
      assertThat(executionHash(beacon, "head")).isEqualTo(latestHash());
      assertThat(data(beacon, "/eth/v1/beacon/headers/" + replaced).path("canonical").asBoolean())
          .isFalse();
    }
    execution.levers.mine(2);
    try (BeaconBox again = open("beacon")) {
      awaitSlot(again, 7);
      assertThat(slots(again, 7)).containsExactly(true, true, false, false, true, true, true);
    }
  }

  @Test
  void keepsTheBlobsThatTheClientServes() throws Exception {
    execution.send(
        TestBox.blobs(TestBox.wallet(0), 0, 2, TestBox.GWEI.multiply(UInt256.of(5))).encoded());
    execution.levers.mine(1);
    try (BeaconBox beacon = open("beacon")) {
      awaitSlot(beacon, 1);
      JsonNode blobs = data(beacon, "/eth/v1/beacon/blobs/1");
      assertThat(blobs).hasSize(2);
      Bytes first = Bytes.wrap(Hex.decode(blobs.path(0).asString()));
      assertThat(first.size()).isEqualTo(Kzg.BLOB_BYTES);
      JsonNode block = data(beacon, "/eth/v2/beacon/blocks/1").path("message").path("body");
      assertThat(block.path("execution_payload").path("transactions")).hasSize(1);
      assertThat(block.path("blob_kzg_commitments").path(0).asString())
          .isEqualTo(Kzg.commit(first.unsafeArray()).toHex());
    }
  }

  @Test
  void goesOnWithoutBlobsWhereTheClientHasNone() throws Exception {
    servesBlobs = false;
    execution.send(
        TestBox.blobs(TestBox.wallet(0), 0, 1, TestBox.GWEI.multiply(UInt256.of(5))).encoded());
    execution.levers.mine(2);
    try (BeaconBox beacon = open("beacon")) {
      awaitSlot(beacon, 2);
      assertThat(data(beacon, "/eth/v1/beacon/blobs/1")).isEmpty();
    }
  }

  @Test
  void refusesTheRecordsOfAnotherChain() throws Exception {
    open("beacon").close();
    execution.close();
    execution = TestBox.open(dir.resolve("other"), TestBox.START.plusSeconds(60));

    assertThatThrownBy(() -> open("beacon"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another chain");
  }

  @Test
  void saysThatTheClientIsAway() throws Exception {
    try (BeaconBox beacon = open("beacon")) {
      awaitSlot(beacon, 0);
      front.stop(0);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      int status = 200;
      while (status != 503 && System.nanoTime() < deadline) {
        status = get(beacon, "/eth/v1/node/health").statusCode();
        Thread.onSpinWait();
      }
      assertThat(status).isEqualTo(503);
    }
  }

  private BeaconBox open(String folder) throws IOException {
    return BeaconBox.start(
        TestBox.options(dir.resolve(folder), InstantSource.fixed(TestBox.START)),
        URI.create("http://127.0.0.1:" + front.getAddress().getPort()));
  }

  private byte[] send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void awaitSlot(BeaconBox beacon, long slot) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      if (data(beacon, "/eth/v1/node/syncing").path("head_slot").asString().equals("" + slot)) {
        return;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no head at slot " + slot + " in " + PATIENCE);
  }

  private HttpResponse<byte[]> get(BeaconBox beacon, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(beacon.beaconUri().resolve(path)).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private JsonNode data(BeaconBox beacon, String path) throws Exception {
    return MAPPER.readTree(get(beacon, path).body()).path("data");
  }

  private Boolean[] slots(BeaconBox beacon, int last) throws Exception {
    Boolean[] out = new Boolean[last];
    for (int slot = 1; slot <= last; slot++) {
      out[slot - 1] = get(beacon, "/eth/v1/beacon/headers/" + slot).statusCode() == 200;
    }
    return out;
  }

  private String root(BeaconBox beacon, String block) throws Exception {
    return data(beacon, "/eth/v1/beacon/headers/" + block).path("root").asString();
  }

  private Hash32 executionHash(BeaconBox beacon, String block) throws Exception {
    JsonNode body = data(beacon, "/eth/v2/beacon/blocks/" + block).path("message").path("body");
    return Hash32.fromHex(body.path("execution_payload").path("block_hash").asString());
  }

  private Hash32 latestHash() throws Exception {
    return Hash32.fromHex(execution.block("latest").path("hash").asString());
  }
}
