// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.fanout;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * The subscribers' process: so many WebSockets on one thread, each with one subscription to frags,
 * noting when the last byte of each notification came. It tells how many are subscribed, and at the
 * end all times, as binary numbers on its output.
 */
public final class Subscribers {
  private static final int BUFFER_BYTES = 1 << 18;
  private static final int HEAD_BYTES = 4_096;
  private static final long PATIENCE_MS = 60_000;
  private static final ObjectMapper JSON = JsonMapper.shared();

  private final InetSocketAddress server;
  private final int frags;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final List<Socket> sockets = new ArrayList<>();
  private int complete;

  private Subscribers(InetSocketAddress server, int frags) {
    this.server = server;
    this.frags = frags;
  }

  /** Arguments: port, subscribers, frags that will come. */
  public static void main(String[] args) throws IOException {
    InetSocketAddress server =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    Subscribers all = new Subscribers(server, Integer.parseInt(args[2]));
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
    all.connect(Integer.parseInt(args[1]));
    out.writeInt(all.sockets.size());
    out.flush();
    all.receive();
    for (Socket socket : all.sockets) {
      for (long receivedNs : socket.receivedNs) {
        out.writeLong(receivedNs);
      }
    }
    out.flush();
  }

  /** One WebSocket; between its frames it keeps no bytes but those of a frame's head. */
  private static final class Socket {
    final SocketChannel channel;
    final long[] receivedNs;
    final ByteBuffer head = ByteBuffer.allocate(10);
    long bodyLeft;
    int received;

    Socket(SocketChannel channel, int frags) {
      this.channel = channel;
      this.receivedNs = new long[frags];
    }
  }

  private void connect(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(server);
      channel.socket().setSoTimeout((int) PATIENCE_MS);
      write(
          channel,
          """
          GET / HTTP/1.1\r
          Host: localhost\r
          Upgrade: websocket\r
          Connection: Upgrade\r
          Sec-WebSocket-Version: 13\r
          Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
          \r
          """);
      if (!readTo(channel, "\r\n\r\n").startsWith("HTTP/1.1 101")) {
        throw new IOException("the server does not take WebSocket " + i);
      }
      write(
          channel,
          masked(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_subscribe\",\"params\":[\"frags\"]}"));
      JsonNode answer = JSON.readTree(readTo(channel, "}").substring(2));
      if (!answer.has("result")) {
        throw new IOException("the server does not take subscription " + i + ": " + answer);
      }
      channel.configureBlocking(false);
      sockets.add(new Socket(channel, frags));
    }
  }

  private static void write(SocketChannel channel, String text) throws IOException {
    write(channel, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(bytes);
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  /** A short text frame, masked with zeros (RFC 6455, section 5.2). */
  private static byte[] masked(String text) {
    byte[] body = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(6 + body.length)
        .put((byte) 0x81)
        .put((byte) (0x80 | body.length))
        .putInt(0)
        .put(body)
        .array();
  }

  /** Reads byte by byte, before anything else can come. */
  private static String readTo(SocketChannel channel, String end) throws IOException {
    StringBuilder out = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (out.length() < HEAD_BYTES && out.indexOf(end) < 0) {
      if (channel.read(one.clear()) < 0) {
        throw new IOException("the server closed the connection after: " + out);
      }
      out.append((char) (one.get(0) & 0xff));
    }
    return out.toString();
  }

  private void receive() throws IOException {
    try (Selector selector = Selector.open()) {
      for (Socket socket : sockets) {
        socket.channel.register(selector, SelectionKey.OP_READ, socket);
      }
      while (complete < sockets.size()) {
        int ready =
            selector.select(
                key -> {
                  try {
                    read((Socket) key.attachment());
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                },
                PATIENCE_MS);
        if (ready == 0) {
          throw new IOException("no frag came for " + PATIENCE_MS + " ms");
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void read(Socket socket) throws IOException {
    if (socket.channel.read(buffer.clear()) < 0) {
      throw new IOException("the server cut a subscriber off");
    }
    long nowNs = System.nanoTime();
    buffer.flip();
    while (buffer.hasRemaining()) {
      if (socket.bodyLeft == 0) {
        readHead(socket);
      } else {
        int taken = (int) Math.min(socket.bodyLeft, buffer.remaining());
        buffer.position(buffer.position() + taken);
        socket.bodyLeft -= taken;
        if (socket.bodyLeft == 0) {
          socket.receivedNs[socket.received++] = nowNs;
          complete += socket.received == frags ? 1 : 0;
        }
      }
    }
  }

  /** Takes bytes until the head of a frame is whole; then the length is known. */
  private void readHead(Socket socket) throws IOException {
    ByteBuffer head = socket.head;
    head.put(buffer.get());
    if (head.position() == 1 && head.get(0) != (byte) 0x81) {
      throw new IOException("a frame that is no whole text: " + head.get(0));
    }
    int code = head.position() < 2 ? 0 : head.get(1) & 0x7f;
    int length = code < 126 ? 2 : code == 126 ? 4 : 10;
    if (head.position() >= 2 && head.position() == length) {
      socket.bodyLeft =
          code < 126 ? code : code == 126 ? head.getShort(2) & 0xffff : head.getLong(2);
      head.clear();
    }
  }
}
