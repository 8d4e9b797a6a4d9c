// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hex;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The custom errors of our contracts in words, from their committed ABI. Any thread. */
public final class Reverts {
  private static final List<String> CONTRACTS =
      List.of("OperatorRegistry", "LookaheadOracle", "ClusterInbox", "L1Messenger");
  private static final int SELECTOR_HEX_DIGITS = 8;
  private static final int WORD_HEX_DIGITS = 64;

  private static final Map<String, JsonNode> BY_SELECTOR = read();

  private Reverts() {}

  private static Map<String, JsonNode> read() {
    Map<String, JsonNode> errors = new HashMap<>();
    for (String contract : CONTRACTS) {
      for (JsonNode entry : abi(contract)) {
        if (entry.path("type").asString().equals("error")) {
          List<String> types = new ArrayList<>();
          entry.path("inputs").forEach(input -> types.add(input.path("type").asString()));
          String signature = entry.path("name").asString() + "(" + String.join(",", types) + ")";
          byte[] hash = Keccak.hash(signature.getBytes(StandardCharsets.US_ASCII)).toArray();
          errors.put(Hex.encode(hash).substring(0, 2 + SELECTOR_HEX_DIGITS), entry);
        }
      }
    }
    return errors;
  }

  private static JsonNode abi(String contract) {
    String name = "/io/lockstep/contracts/" + contract + ".json";
    try (InputStream in = Reverts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the build");
      }
      return JsonMapper.builder().build().readTree(in).path("abi");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An error as {@code NotOwner(operatorId 3, caller 0x…)}, or null when it is none of ours.
   *
   * @param revertData hex with 0x, or null
   */
  public static @Nullable String inWords(@Nullable String revertData) {
    if (revertData == null || revertData.length() < 2 + SELECTOR_HEX_DIGITS) {
      return null;
    }
    JsonNode error = BY_SELECTOR.get(revertData.substring(0, 2 + SELECTOR_HEX_DIGITS));
    if (error == null) {
      return null;
    }
    List<String> arguments = new ArrayList<>();
    int at = 2 + SELECTOR_HEX_DIGITS;
    for (JsonNode input : error.path("inputs")) {
      if (at + WORD_HEX_DIGITS > revertData.length()) {
        return null;
      }
      String word = revertData.substring(at, at + WORD_HEX_DIGITS);
      arguments.add(input.path("name").asString() + " " + value(input, word));
      at += WORD_HEX_DIGITS;
    }
    return error.path("name").asString() + "(" + String.join(", ", arguments) + ")";
  }

  private static String value(JsonNode input, String word) {
    String type = input.path("type").asString();
    if (type.startsWith("uint")) {
      return UInt256.ofBigEndian(Hex.decode(word)).toBigInteger().toString();
    }
    return type.equals("address") ? "0x" + word.substring(24) : "0x" + word;
  }
}
