// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BeaconEventsTest {
  @TempDir Path dir;
  private TestBox box;
  private final HttpClient http = HttpClient.newHttpClient();
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  private record Event(String topic, JsonNode data) {}

  @BeforeEach
  void open() throws Exception {
    box = TestBox.open(dir);
  }

  @AfterEach
  void close() {
    http.shutdownNow();
    box.close();
  }

  @Test
  void tellsOfBlocksAndHeadsWithTheirDependentRoots() throws Exception {
    box.box.produceSlots(17);
    subscribe("head,block");

    box.box.produceSlot();

    Event block = next();
    assertThat(block.topic).isEqualTo("block");
    assertThat(block.data.get("slot").asString()).isEqualTo("18");
    Event head = next();
    assertThat(head.topic).isEqualTo("head");
    assertThat(head.data.get("block").asString()).isEqualTo(root("head"));
    assertThat(head.data.get("epoch_transition").asBoolean()).isFalse();
    assertThat(head.data.get("previous_duty_dependent_root").asString()).isEqualTo(root("7"));
    assertThat(head.data.get("current_duty_dependent_root").asString()).isEqualTo(root("15"));
    assertThat(head.data.get("execution_optimistic").asBoolean()).isFalse();
  }

  @Test
  void tellsOfReorgsAndFinality() throws Exception {
    box.box.produceSlots(22);
    String oldHead = root("head");
    subscribe("chain_reorg,finalized_checkpoint");

    box.levers.reorg(2, false);
    box.box.produceSlots(2);

    Event reorg = next();
    assertThat(reorg.topic).isEqualTo("chain_reorg");
    assertThat(reorg.data.get("slot").asString()).isEqualTo("23");
    assertThat(reorg.data.get("depth").asString()).isEqualTo("2");
    assertThat(reorg.data.get("old_head_block").asString()).isEqualTo(oldHead);
    assertThat(reorg.data.get("new_head_block").asString()).isEqualTo(root("23"));
    Event finality = next();
    assertThat(finality.topic).isEqualTo("finalized_checkpoint");
    assertThat(finality.data.get("epoch").asString()).isEqualTo("1");
    assertThat(finality.data.get("block").asString()).isEqualTo(root("8"));
  }

  @Test
  void fallsSilentOnOrder() throws Exception {
    subscribe("head");
    box.levers.silence(60);
    box.box.produceSlots(3);

    // The clock of this box stands still, so the silence lasts; the chain goes on regardless.
    assertThat(events.poll(200, TimeUnit.MILLISECONDS)).isNull();
    assertThat(box.box.headSlot()).isEqualTo(3);
  }

  private Event next() throws InterruptedException {
    Event event = events.poll(10, TimeUnit.SECONDS);
    assertThat(event).as("an event within 10 s").isNotNull();
    return event;
  }

  /** Returns when the box knows of the stream. */
  private void subscribe(String topics) throws Exception {
    HttpResponse<InputStream> response =
        http.send(
            HttpRequest.newBuilder(box.box.beaconUri().resolve("/eth/v1/events?topics=" + topics))
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    Thread.ofVirtual().start(() -> read(response.body()));
    // The sink is registered by a virtual thread of the server right after the head was written.
    for (int i = 0; i < 200 && box.box.eventStreams() == 0; i++) {
      Thread.sleep(10);
    }
    assertThat(box.box.eventStreams()).isEqualTo(1);
  }

  private void read(InputStream body) {
    JsonMapper mapper = JsonMapper.builder().build();
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
      String topic = "";
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("event:")) {
          topic = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          events.add(new Event(topic, mapper.readTree(line.substring(5))));
        }
      }
    } catch (IOException e) {
      // The test is over: its client was shut down.
    }
  }

  private String root(String id) throws Exception {
    return box.get("/eth/v1/beacon/headers/" + id).data().get("root").asString();
  }
}
