// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;
import io.lockstep.primitives.types.Hash32;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The beacon API's JSON: uint64 as quoted decimals, bytes as 0x-hex, answers under "data". */
final class BeaconJson {
  private static final String SSZ = "application/octet-stream";
  static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private BeaconJson() {}

  static ObjectNode object() {
    return JSON.objectNode();
  }

  /** A uint64; −1 is FAR_FUTURE_EPOCH. */
  static String number(long value) {
    return Long.toUnsignedString(value);
  }

  static HttpReply data(JsonNode data) {
    return HttpReply.json(200, object().set("data", data));
  }

  /** {@code data} with the two flags that answers about blocks and states carry. */
  static HttpReply chainData(JsonNode data, boolean finalized) {
    return HttpReply.json(200, chainObject(data, finalized));
  }

  static ObjectNode chainObject(JsonNode data, boolean finalized) {
    ObjectNode out = object();
    out.put("execution_optimistic", false);
    out.put("finalized", finalized);
    out.set("data", data);
    return out;
  }

  /** The same with the fork's name in the body and in a header. */
  static HttpReply versioned(BeaconFork fork, JsonNode data, boolean finalized) {
    ObjectNode out = object();
    out.put("version", fork.version());
    out.put("execution_optimistic", false);
    out.put("finalized", finalized);
    out.set("data", data);
    return new HttpReply.Content(
        200, "application/json", header(fork), MAPPER.writeValueAsBytes(out));
  }

  static boolean takesSsz(HttpRequest request) {
    return request.headers().getOrDefault("accept", "").contains(SSZ);
  }

  static HttpReply ssz(BeaconFork fork, byte[] bytes) {
    return new HttpReply.Content(200, SSZ, header(fork), bytes);
  }

  private static Map<String, String> header(BeaconFork fork) {
    return Map.of("Eth-Consensus-Version", fork.version());
  }

  static ObjectNode header(BeaconBlock block, boolean canonical) {
    BeaconHeader header = block.header();
    ObjectNode message = message(header);
    message.put("body_root", header.bodyRoot().toHex());
    ObjectNode out = object();
    out.put("root", block.root().toHex());
    out.put("canonical", canonical);
    out.set("header", signed(message));
    return out;
  }

  /** Nobody signs in the box. */
  static ObjectNode signed(ObjectNode message) {
    ObjectNode out = object();
    out.set("message", message);
    return out.put("signature", Spec.NO_SIGNATURE);
  }

  /** What header and block have in common. */
  static ObjectNode message(BeaconHeader header) {
    return object()
        .put("slot", number(header.slot()))
        .put("proposer_index", number(header.proposerIndex()))
        .put("parent_root", header.parentRoot().toHex())
        .put("state_root", header.stateRoot().toHex());
  }

  static ObjectNode checkpoint(long epoch, Hash32 root) {
    return object().put("epoch", number(epoch)).put("root", root.toHex());
  }
}
