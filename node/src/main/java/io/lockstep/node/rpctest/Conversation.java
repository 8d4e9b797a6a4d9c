// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpctest;

import io.lockstep.primitives.codec.DecodeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One {@code .io} file: what is sent and what is expected, in turn.
 *
 * @param shapeOnly whether only the shape of the answers is fixed
 */
record Conversation(boolean shapeOnly, List<Exchange> exchanges) {
  private static final long MAX_BYTES = 256L << 20;
  private static final String SHAPE_ONLY = "speconly";

  /** A request, sent as it is written, and its answer. */
  record Exchange(String request, JsonNode expected) {}

  Conversation {
    exchanges = List.copyOf(exchanges);
  }

  /**
   * Reads a file.
   *
   * @throws DecodeException saying which line is not what it should be
   */
  static Conversation read(Path file) throws IOException, DecodeException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException("more than " + MAX_BYTES + " bytes");
    }
    List<Exchange> exchanges = new ArrayList<>();
    boolean shapeOnly = false;
    String asked = null;
    int number = 0;
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      number++;
      String text = line.strip();
      if (text.startsWith("//")) {
        shapeOnly |= text.substring(2).strip().startsWith(SHAPE_ONLY);
      } else if (text.startsWith(">>")) {
        check(asked == null, number, "a request before the last one was answered");
        asked = text.substring(2).strip();
      } else if (text.startsWith("<<")) {
        exchanges.add(new Exchange(given(asked, number), json(text.substring(2), number)));
        asked = null;
      } else {
        check(text.isEmpty(), number, "neither a remark nor >> nor <<");
      }
    }
    check(asked == null, number, "the last request has no answer");
    check(!exchanges.isEmpty(), number, "nothing is asked");
    return new Conversation(shapeOnly, exchanges);
  }

  private static String given(@Nullable String asked, int line) throws DecodeException {
    if (asked == null) {
      throw new DecodeException("line " + line + ": an answer without a request");
    }
    return asked;
  }

  private static void check(boolean holds, int line, String fault) throws DecodeException {
    if (!holds) {
      throw new DecodeException("line " + line + ": " + fault);
    }
  }

  private static JsonNode json(String text, int line) throws DecodeException {
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      throw new DecodeException("line " + line + ": not JSON", e);
    }
  }
}
