// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.DecodeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SseParserTest {
  private final List<String> events = new ArrayList<>();
  private final SseParser parser = new SseParser((name, data) -> events.add(name + "=" + data));

  private void feed(String text) throws DecodeException {
    parser.feed(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void readsEventsWithAnyLineEnding() throws DecodeException {
    feed("event: head\ndata: a\n\nevent:block\r\ndata:b\r\n\r\nevent: x\rdata: c\r\r");

    assertThat(events).containsExactly("head=a", "block=b", "x=c");
  }

  @Test
  void passesOverCommentsUnknownFieldsAndEventsWithoutData() throws DecodeException {
    feed("\uFEFF: keep-alive\n\nid: 7\nretry: 100\nnonsense\n\nevent: empty\n\ndata: x\n\n");

    assertThat(events).containsExactly("message=x");
  }

  @Test
  void joinsSeveralDataLines() throws DecodeException {
    feed("data: one\ndata: two\ndata\n\n");

    assertThat(events).containsExactly("message=one\ntwo\n");
  }

  @Test
  void doesNotTellAnEventThatIsCutOff() throws DecodeException {
    feed("event: head\ndata: {\"slot\":");

    assertThat(events).isEmpty();
  }

  @Test
  void givesTheSameEventsHoweverTheBytesAreCut() throws DecodeException {
    long seed = 7;
    Random random = new Random(seed);
    String text = "event: head\r\ndata: grüße\r\n\r\n: c\ndata: b\n\n";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 200; round++) {
      events.clear();
      int at = 0;
      while (at < bytes.length) {
        int length = 1 + random.nextInt(bytes.length - at);
        parser.feed(ByteBuffer.wrap(bytes, at, length));
        at += length;
      }
      assertThat(events).as("seed " + seed).containsExactly("head=grüße", "message=b");
    }
  }

  @Test
  void refusesALineWithoutEnd() {
    String endless = "data: " + "x".repeat(SseParser.MAX_LINE_BYTES);

    assertThatThrownBy(() -> feed(endless)).isInstanceOf(DecodeException.class);
  }

  @Test
  void refusesAnEventWithoutEnd() {
    String line = "data: " + "x".repeat(60_000) + "\n";

    assertThatThrownBy(() -> feed(line.repeat(6))).isInstanceOf(DecodeException.class);
  }
}
