// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.scenario;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The levers of an L1 in a box, by its beacon port. Each answers the box's status after the order
 * was taken; most take effect with the slots that follow. Any thread.
 */
public final class BoxLevers implements AutoCloseable {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final URI beacon;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * The box as it was when it answered.
   *
   * @param currentSlot the last slot that had its turn
   */
  public record Status(
      boolean live,
      long currentSlot,
      long headSlot,
      String headRoot,
      long blockNumber,
      String blockHash,
      long finalizedEpoch,
      int pooledTransactions) {}

  /** The box refused an order, or could not be reached. */
  public static final class LeverException extends IOException {
    private static final long serialVersionUID = 1;

    LeverException(String message) {
      super(message);
    }
  }

  public BoxLevers(URI beacon) {
    this.beacon = beacon;
  }

  public Status status() throws IOException {
    return send(HttpRequest.newBuilder(beacon.resolve("/box/status")).timeout(TIMEOUT).build());
  }

  /** The next slots have no block. */
  public Status skip(int slots) throws IOException {
    return order("skip", object().put("slots", slots));
  }

  /** The blocks of the next slots are seen only when the stall is over, all at once. */
  public Status stall(int slots) throws IOException {
    return order("stall", object().put("slots", slots));
  }

  /** The next block stands on the head's {@code depth}-th ancestor. */
  public Status reorg(int depth, boolean dropTransactions) throws IOException {
    return order("reorg", object().put("depth", depth).put("dropTransactions", dropTransactions));
  }

  /** No events and no signs of life on the event streams. */
  public Status silence(int seconds) throws IOException {
    return order("silence", object().put("seconds", seconds));
  }

  /** The next block's blob base fee is at least this; then it falls by the rules. */
  public Status blobBaseFee(String wei) throws IOException {
    return order("fees", object().put("blobBaseFeeWei", wei));
  }

  /** The next block's base fee is this; then it moves by the rules. */
  public Status baseFee(String wei) throws IOException {
    return order("fees", object().put("baseFeeWei", wei));
  }

  /** Another order of proposers for an epoch to come. */
  public Status proposers(long epoch, List<Integer> validators) throws IOException {
    ObjectNode body = object().put("epoch", epoch);
    ArrayNode order = body.putArray("validators");
    validators.forEach(order::add);
    return order("proposers", body);
  }

  /** Gives slots their turns; only in a box that is stepped by hand. */
  public Status mine(int slots) throws IOException {
    return order("mine", object().put("slots", slots));
  }

  /** Ends the warm-up. */
  public Status live() throws IOException {
    return order("live", object());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private Status order(String lever, JsonNode body) throws IOException {
    return send(
        HttpRequest.newBuilder(beacon.resolve("/box/" + lever))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  private Status send(HttpRequest request) throws IOException {
    HttpResponse<byte[]> response;
    try {
      response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LeverException(request.uri() + ": interrupted");
    }
    JsonNode body = MAPPER.readTree(response.body());
    if (response.statusCode() != 200) {
      throw new LeverException(request.uri() + ": " + body.path("message").asString("refused"));
    }
    return new Status(
        body.path("live").asBoolean(),
        body.path("currentSlot").asLong(),
        body.path("headSlot").asLong(),
        body.path("headRoot").asString(),
        body.path("blockNumber").asLong(),
        body.path("blockHash").asString(),
        body.path("finalizedEpoch").asLong(),
        body.path("pooledTransactions").asInt());
  }
}
