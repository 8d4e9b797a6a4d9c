// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.HostPort;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real nodes on loopback ports. */
class GossipNodeTest {
  private static final Hash32 CLUSTER = Hash32.ofWords(1, 2, 3, 4);
  private static final byte TOPIC = 7;

  private final List<GossipNode> nodes = new ArrayList<>();
  private final List<TestPeer> peers = new ArrayList<>();

  @AfterEach
  void stop() {
    nodes.forEach(GossipNode::close);
  }

  private GossipOptions.Builder options(int port, int... peerPorts) {
    List<HostPort> list =
        IntStream.of(peerPorts).mapToObj(p -> new HostPort("127.0.0.1", p)).toList();
    return GossipOptions.builder("127.0.0.1", port, list, CLUSTER).backoff(20, 200);
  }

  private int start(GossipOptions.Builder options) throws IOException {
    TestPeer peer = new TestPeer();
    GossipNode node = GossipNode.start(options.build(), peer);
    nodes.add(node);
    peers.add(peer);
    return node.port();
  }

  private static Bytes bytes(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private void awaitPeers(int node, int count) {
    TestPeer.await(count + " peers of node " + node, () -> nodes.get(node).peers().size() == count);
  }

  @Test
  void floodReachesEveryNodeOnceAndNotItsOrigin() throws Exception {
    // 0 - 1 - 2 - 3 - 4, and a shortcut 0 - 3 closing a ring
    int first = start(options(0));
    int second = start(options(0, first));
    int third = start(options(0, second));
    int fourth = start(options(0, third, first));
    start(options(0, fourth));
    awaitPeers(0, 2);
    awaitPeers(3, 3);
    awaitPeers(1, 2);
    awaitPeers(2, 2);
    awaitPeers(4, 1);

    for (int i = 0; i < 200; i++) {
      nodes.get(i % 5).flood(TOPIC, bytes("message " + i));
    }

    for (int node = 0; node < 5; node++) {
      int self = node;
      TestPeer peer = peers.get(node);
      TestPeer.await("all messages at " + node, () -> peer.messages.size() >= 160);
      List<Bytes> expected =
          IntStream.range(0, 200)
              .filter(i -> i % 5 != self)
              .mapToObj(i -> bytes("message " + i))
              .toList();
      assertThat(peer.payloads()).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(peer.messages).allMatch(m -> m.topic() == TOPIC);
    }
  }

  @Test
  void keepsTheOrderOfOneSender() throws Exception {
    int port = start(options(0));
    start(options(0, port));
    awaitPeers(0, 1);
    awaitPeers(1, 1);

    List<Bytes> sent = IntStream.range(0, 5_000).mapToObj(i -> bytes("n" + i)).toList();
    sent.forEach(payload -> nodes.get(1).flood(TOPIC, payload));

    TestPeer.await("all", () -> peers.get(0).messages.size() == sent.size());
    assertThat(peers.get(0).payloads()).isEqualTo(sent);
  }

  @Test
  void doesNotPassOnWhatTheListenerRefuses() throws Exception {
    int first = start(options(0));
    int second = start(options(0, first));
    start(options(0, second));
    awaitPeers(0, 1);
    awaitPeers(1, 2);
    awaitPeers(2, 1);
    peers.get(1).passesOn = false;

    nodes.get(0).flood(TOPIC, bytes("bad"));
    TestPeer.await("the middle has it", () -> peers.get(1).messages.size() == 1);
    peers.get(1).passesOn = true;
    nodes.get(0).flood(TOPIC, bytes("good"));
    TestPeer.await("the end has the good one", () -> peers.get(2).messages.size() == 1);

    assertThat(peers.get(2).payloads()).containsExactly(bytes("good"));
  }

  @Test
  void sameBytesUnderAnotherTopicAreAnotherMessage() throws Exception {
    int first = start(options(0));
    start(options(0, first));
    awaitPeers(0, 1);

    nodes.get(0).flood((byte) 1, bytes("x"));
    nodes.get(0).flood((byte) 2, bytes("x"));
    nodes.get(0).flood((byte) 2, bytes("x"));
    nodes.get(0).flood((byte) 3, bytes("end"));

    TestPeer.await("the end", () -> peers.get(1).messages.size() >= 3);
    assertThat(peers.get(1).messages.stream().map(TestPeer.Message::topic))
        .containsExactly((byte) 1, (byte) 2, (byte) 3);
  }

  @Test
  void peersThatDialEachOtherAreOnePeer() throws Exception {
    int first = start(options(0));
    int second = start(options(0, first));
    awaitPeers(0, 1);
    nodes.get(0).close();
    nodes.set(0, GossipNode.start(options(first, second, first).build(), peers.get(0)));
    awaitPeers(0, 1);
    awaitPeers(1, 1);

    for (int i = 0; i < 100; i++) {
      nodes.get(i % 2).flood(TOPIC, bytes("m" + i));
    }

    TestPeer.await("all at 0", () -> peers.get(0).messages.size() >= 50);
    TestPeer.await("all at 1", () -> peers.get(1).messages.size() >= 50);
    assertThat(peers.get(0).messages).hasSize(50);
    assertThat(peers.get(1).messages).hasSize(50);
    assertThat(nodes.get(0).peers()).containsExactly(nodes.get(1).id());
  }

  @Test
  void connectsAgainToANodeThatWasRestarted() throws Exception {
    int first = start(options(0));
    start(options(0, first));
    awaitPeers(1, 1);
    PeerId before = nodes.get(0).id();
    nodes.get(0).close();
    awaitPeers(1, 0);

    nodes.set(0, GossipNode.start(options(first).build(), peers.get(0)));
    awaitPeers(1, 1);
    TestPeer.await("all events", () -> peers.get(1).events.size() == 3);
    awaitPeers(0, 1);

    assertThat(peers.get(1).events)
        .containsExactly("+" + before, "-" + before, "+" + nodes.get(0).id());
    nodes.get(0).flood(TOPIC, bytes("back"));
    TestPeer.await("a message", () -> peers.get(1).messages.size() == 1);
  }

  @Test
  void refusesANodeOfAnotherClusterByName() throws Exception {
    int port = start(options(0));
    Hash32 other = Hash32.ofWords(9, 9, 9, 9);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5_000);
      socket
          .getOutputStream()
          .write(new Frame.Hello(Frame.VERSION, other, new PeerId(5, 6)).head());
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).contains("cluster " + other + ", ours is " + CLUSTER);
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(new Frame.Hello(99, CLUSTER, new PeerId(5, 6)).head());
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("protocol version 99");
    }
    assertThat(nodes.get(0).peers()).isEmpty();
    assertThat(peers.get(0).events).isEmpty();
  }

  @Test
  void dropsStrangersAndGoesOn() throws Exception {
    int port = start(options(0).helloTimeoutMs(300).maxConnections(4));
    byte[] hello = new Frame.Hello(Frame.VERSION, CLUSTER, new PeerId(5, 6)).head();
    byte[] unknownKind = {0, 0, 0, 1, 99};
    byte[] oversized = {(byte) 0x7f, 0, 0, 0, 1};
    List<byte[]> openings =
        List.of(
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            new byte[1_000],
            new Frame.Ping().head(),
            new byte[] {0, 0},
            new byte[0],
            join(hello, hello),
            join(hello, unknownKind),
            join(hello, oversized),
            join(hello, new byte[] {0, 0, 0, 0}));
    for (byte[] opening : openings) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(5_000);
        socket.getOutputStream().write(opening);
        readToEnd(socket.getInputStream());
      }
    }

    start(options(0, port));
    awaitPeers(1, 1);
    nodes.get(1).flood(TOPIC, bytes("still up"));
    TestPeer.await("a message", () -> peers.get(0).payloads().contains(bytes("still up")));
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] both = new byte[a.length + b.length];
    System.arraycopy(a, 0, both, 0, a.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** A reset counts as an end: the other side had unread bytes. */
  private static void readToEnd(InputStream in) throws IOException {
    try {
      in.readAllBytes();
    } catch (java.net.SocketException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }

  @Test
  void boundsConnectionsFromOthers() throws Exception {
    int port = start(options(0).maxConnections(1));
    try (Socket one = new Socket(InetAddress.getLoopbackAddress(), port)) {
      one.setSoTimeout(5_000);
      assertThat(one.getInputStream().read()).isNotNegative();
      try (Socket two = new Socket(InetAddress.getLoopbackAddress(), port)) {
        two.setSoTimeout(5_000);
        assertThat(two.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void dropsAPeerThatDoesNotRead() throws Exception {
    int port = start(options(0).maxQueuedBytes(1 << 20, 1 << 20));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(new Frame.Hello(Frame.VERSION, CLUSTER, new PeerId(5, 6)).head());
      awaitPeers(0, 1);
      Bytes[] big = new Bytes[1];
      int sent = 0;
      while (!nodes.get(0).peers().isEmpty() && sent < 10_000) {
        byte[] payload = new byte[100_000];
        payload[0] = (byte) sent;
        payload[1] = (byte) (sent >> 8);
        big[0] = Bytes.wrap(payload);
        nodes.get(0).flood(TOPIC, big[0]);
        sent++;
      }
      awaitPeers(0, 0);
    }
    TestPeer.await("the news", () -> peers.get(0).events.size() == 2);
  }

  @Test
  void slowsDownAPeerThatSendsFasterThanItIsHandled() throws Exception {
    int port = start(options(0).maxQueuedBytes(64 << 20, 64 << 10));
    start(options(0, port));
    awaitPeers(1, 1);
    CountDownLatch release = new CountDownLatch(1);
    peers.get(0).answer =
        question -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return question;
        };

    List<CompletableFuture<Bytes>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(nodes.get(1).request(nodes.get(0).id(), TOPIC, Bytes.wrap(new byte[10_000])));
    }
    release.countDown();

    for (CompletableFuture<Bytes> answer : answers) {
      assertThat(answer.get(10, TimeUnit.SECONDS).size()).isEqualTo(10_000);
    }
  }

  @Test
  void answersRequestsAndReportsWhyNot() throws Exception {
    int port = start(options(0).maxFrameBytes(1_000).requestTimeoutMs(1_500));
    start(options(0, port).maxFrameBytes(1_000).requestTimeoutMs(1_500));
    awaitPeers(0, 1);
    awaitPeers(1, 1);
    PeerId other = nodes.get(0).id();

    assertThat(nodes.get(1).request(other, TOPIC, bytes("q")).get(5, TimeUnit.SECONDS))
        .isEqualTo(bytes("q"));

    peers.get(0).answer = question -> Bytes.wrap(new byte[1_001]);
    assertFails(nodes.get(1).request(other, TOPIC, bytes("q")), IOException.class, "longer");
    peers.get(0).answer =
        question -> {
          throw new IllegalStateException("secret");
        };
    assertFails(nodes.get(1).request(other, TOPIC, bytes("q")), IOException.class, "internal");
    CountDownLatch release = new CountDownLatch(1);
    peers.get(0).answer =
        question -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return question;
        };
    assertFails(
        nodes.get(1).request(other, TOPIC, bytes("q")), TimeoutException.class, "within 1500 ms");
    CompletableFuture<Bytes> cut = nodes.get(1).request(other, TOPIC, bytes("q"));
    release.countDown();
    nodes.get(0).close();
    assertThatThrownBy(
            () -> {
              cut.get(5, TimeUnit.SECONDS);
              nodes.get(1).request(other, TOPIC, bytes("q")).get(5, TimeUnit.SECONDS);
            })
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
    assertFails(
        nodes.get(1).request(new PeerId(1, 1), TOPIC, bytes("q")),
        IOException.class,
        "not connected");
    assertThatThrownBy(() -> nodes.get(1).flood(TOPIC, Bytes.wrap(new byte[1_001])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1001");
  }

  private static void assertFails(
      CompletableFuture<Bytes> answer, Class<? extends Throwable> type, String message) {
    assertThatThrownBy(() -> answer.get(5, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(type)
        .hasMessageContaining(message);
  }

  @Test
  void dropsASilentPeerAndKeepsAQuietOne() throws Exception {
    int port = start(options(0).silence(100, 2_000));
    start(options(0, port).silence(100, 2_000));
    awaitPeers(0, 1);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(new Frame.Hello(Frame.VERSION, CLUSTER, new PeerId(5, 6)).head());
      awaitPeers(0, 2);
      awaitPeers(0, 1);
    }
    assertThat(nodes.get(0).peers()).containsExactly(nodes.get(1).id());
    assertThat(peers.get(1).events).containsExactly("+" + nodes.get(0).id());
  }

  @Test
  void carriesAFullFrame() throws Exception {
    int port = start(options(0));
    start(options(0, port));
    awaitPeers(1, 1);
    byte[] payload = new byte[8 << 20];
    payload[payload.length - 1] = 1;

    nodes.get(1).flood(TOPIC, Bytes.wrap(payload));

    TestPeer.await("the frame", () -> peers.get(0).messages.size() == 1);
    assertThat(peers.get(0).payloads().getFirst()).isEqualTo(Bytes.wrap(payload));
  }

  @Test
  void namesATakenPort() throws Exception {
    int port = start(options(0));
    assertThatThrownBy(() -> GossipNode.start(options(port).build(), new TestPeer()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:" + port);
  }

  @Test
  void leavesNoConnectionAndNoPortBehindWhenClosed() throws Exception {
    int port = start(options(0));
    int second = start(options(0, port, port + 1));
    awaitPeers(0, 1);

    nodes.get(1).close();

    awaitPeers(0, 0);
    assertThat(nodes.get(1).peers()).isEmpty();
    nodes.set(1, GossipNode.start(options(second, port).build(), new TestPeer()));
    awaitPeers(0, 1);
  }
}
