// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All gossip connections of one node, those it dials and those it accepts, and a hand on them. Any
 * thread.
 */
final class GossipLinks implements AutoCloseable {
  private final List<ServerSocket> servers = new ArrayList<>();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();

  private enum State {
    WHOLE,
    SILENT,
    SEVERED
  }

  // Guarded by this.
  private State state = State.WHOLE;

  private record Link(Socket here, Socket there) {}

  /** Connections to {@code port} reach {@code target}. */
  void forward(int port, InetSocketAddress target) throws IOException {
    ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    servers.add(server);
    Thread.ofVirtual().start(() -> accept(server, target));
  }

  /** Nothing comes through; connections stay open, as in a net that loses packets. */
  synchronized void silence() {
    state = State.SILENT;
  }

  /** Connections are closed, and new ones too. */
  void sever() {
    synchronized (this) {
      state = State.SEVERED;
    }
    links.forEach(GossipLinks::end);
  }

  /** What was held back flows on, connections stay open again. */
  synchronized void mend() {
    state = State.WHOLE;
    notifyAll();
  }

  private void accept(ServerSocket server, InetSocketAddress target) {
    while (!server.isClosed()) {
      try {
        Socket here = server.accept();
        Thread.ofVirtual().start(() -> connect(new Link(here, new Socket()), target));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Link link, InetSocketAddress target) {
    try {
      awaitPassage();
      link.there.connect(target);
      links.add(link);
      awaitPassage(); // severed meanwhile: whoever severed may not have seen this one
      Thread.ofVirtual().start(() -> pump(link, link.there, link.here));
      pump(link, link.here, link.there);
    } catch (IOException | InterruptedException e) {
      forget(link);
    }
  }

  private void pump(Link link, Socket source, Socket sink) {
    byte[] chunk = new byte[1 << 16];
    try {
      InputStream in = source.getInputStream();
      OutputStream out = sink.getOutputStream();
      for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
        awaitPassage();
        out.write(chunk, 0, length);
      }
    } catch (IOException | InterruptedException e) {
      return; // one side is gone, and with it the other
    } finally {
      forget(link);
    }
  }

  /** Waits while silent. */
  private synchronized void awaitPassage() throws IOException, InterruptedException {
    while (state == State.SILENT) {
      wait();
    }
    if (state == State.SEVERED) {
      throw new IOException("severed");
    }
  }

  private void forget(Link link) {
    end(link);
    links.remove(link);
  }

  private static void end(Link link) {
    close(link.here);
    close(link.there);
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    servers.forEach(GossipLinks::close);
    links.forEach(GossipLinks::end);
  }
}
