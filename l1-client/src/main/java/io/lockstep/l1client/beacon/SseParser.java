// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.primitives.codec.DecodeException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Splits a server-sent event stream (WHATWG HTML, section 9.2) into events. Lines and events are
 * bounded; ids and retry hints are ignored. One thread.
 */
final class SseParser {
  static final int MAX_LINE_BYTES = 64 << 10;
  static final int MAX_EVENT_CHARS = 256 << 10;

  /** Receives one complete event; without an event line its name is {@code message}. */
  interface Sink {
    void event(String name, String data);
  }

  private final Sink sink;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private String name = "";
  private boolean hasData;
  private boolean afterCarriageReturn;
  private boolean atStart = true;

  SseParser(Sink sink) {
    this.sink = sink;
  }

  /**
   * Takes the next bytes of the stream.
   *
   * @throws DecodeException when a line or an event is too long
   */
  void feed(ByteBuffer bytes) throws DecodeException {
    while (bytes.hasRemaining()) {
      byte b = bytes.get();
      if (b == '\n' && afterCarriageReturn) {
        afterCarriageReturn = false;
        continue;
      }
      afterCarriageReturn = b == '\r';
      if (b == '\n' || b == '\r') {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        line(text);
      } else {
        if (line.size() == MAX_LINE_BYTES) {
          throw new DecodeException("event stream line longer than " + MAX_LINE_BYTES + " bytes");
        }
        line.write(b);
      }
    }
  }

  private void line(String raw) throws DecodeException {
    String text = raw;
    if (atStart) {
      atStart = false;
      if (text.startsWith("\uFEFF")) {
        text = text.substring(1);
      }
    }
    if (text.isEmpty()) {
      dispatch();
      return;
    }
    int colon = text.indexOf(':');
    if (colon == 0) {
      return; // a comment: a keep-alive
    }
    String field = colon < 0 ? text : text.substring(0, colon);
    String value = colon < 0 ? "" : text.substring(colon + 1);
    if (value.startsWith(" ")) {
      value = value.substring(1);
    }
    if (field.equals("event")) {
      name = value;
    } else if (field.equals("data")) {
      if (data.length() + value.length() + 1 > MAX_EVENT_CHARS) {
        throw new DecodeException("event longer than " + MAX_EVENT_CHARS + " characters");
      }
      if (hasData) {
        data.append('\n');
      }
      data.append(value);
      hasData = true;
    }
  }

  private void dispatch() {
    if (hasData) {
      sink.event(name.isEmpty() ? "message" : name, data.toString());
    }
    name = "";
    data.setLength(0);
    hasData = false;
  }
}
