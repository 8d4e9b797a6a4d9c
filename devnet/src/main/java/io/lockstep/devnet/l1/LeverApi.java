// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static io.lockstep.devnet.l1.BeaconJson.object;

import io.lockstep.devnet.l1.BlockMaker.FeeSpike;
import io.lockstep.preconf.wire.HttpHandler;
import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The scripts that the box obeys, {@code /box/…}: JSON in, the box's state out, {@code {code,
 * message}} when an order cannot be carried out. Any thread.
 */
final class LeverApi {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int MAX_REORG_DEPTH = 64;
  private static final int MAX_SILENCE_SECONDS = 86_400;

  private final BoxChain chain;
  private final BeaconEvents events;
  private final boolean manual;
  private final Runnable goLive;

  /**
   * The levers of a box.
   *
   * @param goLive ends the warm-up
   */
  LeverApi(BoxChain chain, BeaconEvents events, boolean manual, Runnable goLive) {
    this.chain = chain;
    this.events = events;
    this.manual = manual;
    this.goLive = goLive;
  }

  void addTo(Routes routes) {
    routes
        .get("/box/status", request -> status())
        .post("/box/skip", order(body -> chain.skip(count(body, "slots", Script.MAX_SLOTS))))
        .post("/box/stall", order(body -> chain.stall(count(body, "slots", Script.MAX_SLOTS))))
        .post("/box/reorg", order(this::reorg))
        .post(
            "/box/silence",
            order(body -> events.silence(count(body, "seconds", MAX_SILENCE_SECONDS))))
        .post("/box/fees", order(this::fees))
        .post("/box/proposers", order(this::proposers))
        .post("/box/mine", order(this::mine))
        .post("/box/live", order(body -> goLive.run()));
  }

  /** Carries out an order; an order that makes no sense is an {@code IllegalArgumentException}. */
  private interface Order {
    void run(JsonNode body) throws Refusal;
  }

  private HttpHandler order(Order order) {
    return Refusal.answering(request -> {
      try {
        order.run(body(request));
      } catch (IllegalArgumentException e) {
        throw Refusal.badRequest(String.valueOf(e.getMessage()));
      }
      return status();
    });
  }

  private HttpReply status() {
    BoxView view = chain.view();
    ObjectNode out = object();
    out.put("live", view.live());
    out.put("currentSlot", view.currentSlot());
    out.put("headSlot", view.head().slot());
    out.put("headRoot", view.head().root().toHex());
    out.put("blockNumber", view.head().executionNumber());
    out.put("blockHash", view.head().executionHash().toHex());
    out.put("finalizedEpoch", view.finalizedEpoch());
    out.put("pooledTransactions", chain.withPool(TxPool::size));
    return HttpReply.json(200, out);
  }

  private void reorg(JsonNode body) throws Refusal {
    boolean drop = body.path("dropTransactions").asBoolean(false);
    chain.reorg(count(body, "depth", MAX_REORG_DEPTH), drop);
  }

  private void fees(JsonNode body) throws Refusal {
    UInt256 baseFee = wei(body, "baseFeeWei");
    UInt256 blobBaseFee = wei(body, "blobBaseFeeWei");
    if (baseFee == null && blobBaseFee == null) {
      throw Refusal.badRequest("blobBaseFeeWei or baseFeeWei is missing");
    }
    chain.spike(new FeeSpike(baseFee, blobBaseFee));
  }

  private void proposers(JsonNode body) throws Refusal {
    JsonNode validators = body.path("validators");
    if (!validators.isArray()) {
      throw Refusal.badRequest("validators must be an array of indices");
    }
    List<Integer> order = new ArrayList<>();
    for (JsonNode index : validators) {
      if (!index.isIntegralNumber() || !index.canConvertToInt()) {
        throw Refusal.badRequest("validators must be an array of indices, got " + index);
      }
      order.add(index.asInt());
    }
    chain.script(number(body, "epoch"), order);
  }

  private void mine(JsonNode body) throws Refusal {
    if (!manual) {
      throw Refusal.badRequest("this box is driven by its clock");
    }
    int slots = body.has("slots") ? count(body, "slots", Script.MAX_SLOTS) : 1;
    for (int i = 0; i < slots; i++) {
      chain.nextTurn();
    }
  }

  private static JsonNode body(HttpRequest request) throws Refusal {
    if (request.body().isEmpty()) {
      return object();
    }
    try {
      JsonNode body = MAPPER.readTree(request.body().unsafeArray());
      if (body.isObject()) {
        return body;
      }
    } catch (JacksonException e) {
      throw Refusal.badRequest("the body is not JSON");
    }
    throw Refusal.badRequest("the body must be a JSON object");
  }

  private static int count(JsonNode body, String name, int limit) throws Refusal {
    long value = number(body, name);
    if (value < 1 || value > limit) {
      throw Refusal.badRequest("%s must be 1 to %d, got %d".formatted(name, limit, value));
    }
    return (int) value;
  }

  private static long number(JsonNode body, String name) throws Refusal {
    JsonNode value = body.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw Refusal.badRequest(name + " must be a number");
    }
    return value.asLong();
  }

  /** An amount as a JSON number or a decimal string; null when it is not there. */
  private static @Nullable UInt256 wei(JsonNode body, String name) throws Refusal {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    try {
      BigInteger number =
          value.isIntegralNumber() ? value.bigIntegerValue() : new BigInteger(value.asString(""));
      return UInt256.of(number);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest(name + " must be an amount of wei, got " + value);
    }
  }
}
