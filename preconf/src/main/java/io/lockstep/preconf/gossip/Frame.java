// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One message between two nodes. On the wire: {@code length(4) ‖ kind(1) ‖ fields ‖ payload}, big
 * endian, {@code length} counting what follows it.
 */
sealed interface Frame {
  /** Raised whenever two nodes of different code could misunderstand each other. */
  int VERSION = 1;

  /** Opens a hello, so that strangers are told apart from peers by their first bytes. */
  byte[] MAGIC = "lockstep".getBytes(StandardCharsets.US_ASCII);

  int HELLO_BYTES = 1 + 8 + 2 + Hash32.LENGTH_BYTES + PeerId.LENGTH_BYTES;

  /** No field before a payload is longer. */
  int MAX_HEAD_BYTES = 64;

  int MAX_REASON_BYTES = 200;

  /** The first frame in each direction. */
  record Hello(int version, Hash32 clusterId, PeerId nodeId) implements Frame {}

  record Flood(byte topic, Bytes payload) implements Frame {}

  record Request(long id, byte topic, Bytes payload) implements Frame {}

  /** The answer to the request with this id; when it is not ok the payload says why, as text. */
  record Response(long id, boolean ok, Bytes payload) implements Frame {}

  /** A sign of life; not answered, the other side sends its own. */
  record Ping() implements Frame {}

  /** Why the connection is about to be closed. */
  record Goodbye(String reason) implements Frame {}

  /** The frame without its payload, length included. */
  default byte[] head() {
    ByteBuffer out = ByteBuffer.allocate(4 + MAX_HEAD_BYTES + MAX_REASON_BYTES);
    out.putInt(0);
    switch (this) {
      case Hello(int version, Hash32 clusterId, PeerId(long high, long low)) ->
          out.put((byte) 0)
              .put(MAGIC)
              .putShort((short) version)
              .put(clusterId.toArray())
              .putLong(high)
              .putLong(low);
      case Flood(byte topic, Bytes payload) -> out.put((byte) 1).put(topic);
      case Request(long id, byte topic, Bytes payload) -> out.put((byte) 2).putLong(id).put(topic);
      case Response(long id, boolean ok, Bytes payload) ->
          out.put((byte) 3).putLong(id).put((byte) (ok ? 1 : 0));
      case Ping() -> out.put((byte) 4);
      case Goodbye(String reason) -> {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        out.put((byte) 5).put(text, 0, Math.min(text.length, MAX_REASON_BYTES));
      }
    }
    out.putInt(0, out.position() - 4 + payload().size());
    return Arrays.copyOf(out.array(), out.position());
  }

  /** What follows the head; empty for frames without one. */
  default Bytes payload() {
    return Bytes.EMPTY;
  }

  /** Reads what stood behind the length. */
  static Frame decode(byte[] body) throws DecodeException {
    ByteBuffer in = ByteBuffer.wrap(body);
    if (body.length == 0) {
      throw new DecodeException("empty frame");
    }
    byte kind = in.get();
    return switch (kind) {
      case 0 -> hello(in, body.length);
      case 1 -> {
        need(in, 1, "flood");
        yield new Flood(in.get(), rest(in));
      }
      case 2 -> {
        need(in, 9, "request");
        yield new Request(in.getLong(), in.get(), rest(in));
      }
      case 3 -> {
        need(in, 9, "response");
        yield new Response(in.getLong(), in.get() == 1, rest(in));
      }
      case 4 -> new Ping();
      case 5 -> {
        Bytes text = rest(in);
        yield new Goodbye(printable(text, MAX_REASON_BYTES));
      }
      default -> throw new DecodeException("unknown frame kind " + kind);
    };
  }

  private static Frame hello(ByteBuffer in, int lengthBytes) throws DecodeException {
    byte[] magic = new byte[MAGIC.length];
    if (lengthBytes != HELLO_BYTES) {
      throw new DecodeException("hello of " + lengthBytes + " bytes, expected " + HELLO_BYTES);
    }
    in.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new DecodeException("not a hello of this protocol");
    }
    int version = in.getShort() & 0xffff;
    byte[] cluster = new byte[Hash32.LENGTH_BYTES];
    in.get(cluster);
    return new Hello(version, Hash32.of(cluster), new PeerId(in.getLong(), in.getLong()));
  }

  private static void need(ByteBuffer in, int lengthBytes, String what) throws DecodeException {
    if (in.remaining() < lengthBytes) {
      throw new DecodeException(what + " frame of only " + in.remaining() + " bytes");
    }
  }

  private static Bytes rest(ByteBuffer in) {
    byte[] rest = new byte[in.remaining()];
    in.get(rest);
    return Bytes.wrap(rest);
  }

  /** A peer's text as it may stand in a log: bounded, and without control characters. */
  static String printable(Bytes text, int maxBytes) {
    int length = Math.min(text.size(), maxBytes);
    return new String(text.unsafeArray(), 0, length, StandardCharsets.UTF_8)
        .replaceAll("\\p{Cntrl}", "?");
  }
}
