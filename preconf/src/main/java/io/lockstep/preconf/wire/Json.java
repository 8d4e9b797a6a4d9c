// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON in and out, with bounds on what is read. Any thread. */
final class Json {
  private static final int MAX_NAME_CHARS = 1_000;

  /** Longer than any 256-bit decimal number. */
  private static final int MAX_NUMBER_CHARS = 100;

  private static final JsonMapper WRITER = JsonMapper.builder().build();

  private final JsonMapper reader;

  /** A reader of documents up to {@code maxBytes}; a string may be as long as the document. */
  Json(int maxBytes, int maxDepth) {
    StreamReadConstraints bounds =
        StreamReadConstraints.builder()
            .maxDocumentLength(maxBytes)
            .maxStringLength(maxBytes)
            .maxNestingDepth(maxDepth)
            .maxNameLength(MAX_NAME_CHARS)
            .maxNumberLength(MAX_NUMBER_CHARS)
            .build();
    reader =
        JsonMapper.builder(JsonFactory.builder().streamReadConstraints(bounds).build())
            // An id comes back as it was written: 1.10 stays 1.10.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            // A batch is read element by element; read() itself refuses what follows the document.
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
  }

  /** Receives the parts of a document. */
  interface Visitor {
    /** A document that is not an array. */
    void single(JsonNode value);

    /** An element of the outermost array; false stops reading. */
    boolean element(JsonNode value);
  }

  /**
   * Reads one document, an outermost array element by element, so that an overlong batch costs no
   * more than an allowed one.
   *
   * @throws JacksonException when it is not JSON or beyond a bound
   */
  void read(byte[] document, Visitor visitor) {
    try (JsonParser in = reader.createParser(document)) {
      JsonToken first = in.nextToken();
      if (first == null) {
        throw new Malformed(in, "empty document");
      }
      if (first == JsonToken.START_ARRAY) {
        while (in.nextToken() != JsonToken.END_ARRAY) {
          if (!visitor.element(reader.readTree(in))) {
            return;
          }
        }
      } else {
        visitor.single(reader.readTree(in));
      }
      if (in.nextToken() != null) {
        throw new Malformed(in, "more than one JSON value");
      }
    }
  }

  /**
   * Reads one value, whatever it is.
   *
   * @throws JacksonException when it is not JSON or beyond a bound
   */
  JsonNode readOne(byte[] document) {
    return reader.readTree(document);
  }

  private static final class Malformed extends tools.jackson.core.exc.StreamReadException {
    Malformed(JsonParser in, String message) {
      super(in, message);
    }
  }

  static byte[] write(JsonNode value) {
    return WRITER.writeValueAsBytes(value);
  }
}
