// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.primitives.types.Bytes;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A listener that keeps what it is told. */
final class TestPeer implements GossipListener {
  record Message(PeerId from, byte topic, Bytes payload) {}

  final List<Message> messages = new CopyOnWriteArrayList<>();
  final List<String> events = new CopyOnWriteArrayList<>();
  volatile boolean passesOn = true;
  volatile UnaryOperator<Bytes> answer = question -> question;

  @Override
  public boolean onMessage(PeerId from, byte topic, Bytes payload) {
    messages.add(new Message(from, topic, payload));
    return passesOn;
  }

  @Override
  public Bytes onRequest(PeerId from, byte topic, Bytes payload) {
    return answer.apply(payload);
  }

  @Override
  public void onPeer(PeerId peer, boolean connected) {
    events.add((connected ? "+" : "-") + peer);
  }

  List<Bytes> payloads() {
    return messages.stream().map(Message::payload).toList();
  }

  /** Waits for the network; fails by name when it takes ten seconds. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not come: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
