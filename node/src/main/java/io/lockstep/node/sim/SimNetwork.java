// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.preconf.gossip.Gossip;
import io.lockstep.preconf.gossip.GossipListener;
import io.lockstep.preconf.gossip.PeerId;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What lies between the nodes: every node knows every other, messages take time, get lost, come
 * twice, and do not cross a partition. Floods pass on as gossip does: what is new and valid, to all
 * others. One thread.
 */
final class SimNetwork {
  static final int USUAL_SLOWEST_MS = 25;
  private static final long REQUEST_TIMEOUT_MS = 3_000;

  /** Hears every message that a node sends of its own accord, and may change it. */
  interface Tap {
    void sent(int node, byte topic, Bytes payload);

    /** What is sent to one of the others instead, or null for nothing. */
    @Nullable Bytes told(int from, int to, byte topic, Bytes payload);
  }

  private final SimTime time;
  private final SplittableRandom random;
  private final Tap tap;
  private final Map<PeerId, Member> members = new LinkedHashMap<>();
  private long joined;

  int lossPercent;
  int twicePercent;
  int slowestMs = USUAL_SLOWEST_MS;
  int requestsToLose;

  /** Nodes on the one side of a partition; empty without one. */
  Set<Integer> island = Set.of();

  SimNetwork(SimTime time, SplittableRandom random, Tap tap) {
    this.time = time;
    this.random = random;
    this.tap = tap;
  }

  void heal() {
    lossPercent = 0;
    twicePercent = 0;
    slowestMs = USUAL_SLOWEST_MS;
    requestsToLose = 0;
    island = Set.of();
  }

  /** A node that is up comes on the network. */
  Member join(int node, GossipListener listener) {
    Member member = new Member(node, new PeerId(node, joined++), listener);
    List<Member> others = List.copyOf(members.values());
    members.put(member.id, member);
    for (Member other : others) {
      listener.onPeer(other.id, true);
      other.listener.onPeer(member.id, true);
    }
    return member;
  }

  private boolean apart(Member a, Member b) {
    return island.contains(a.node) != island.contains(b.node);
  }

  private long delayMs() {
    return 1L + random.nextInt(slowestMs);
  }

  final class Member implements Gossip {
    private final int node;
    private final PeerId id;
    private final GossipListener listener;
    private final Set<Hash32> seen = new HashSet<>();

    Member(int node, PeerId id, GossipListener listener) {
      this.node = node;
      this.id = id;
      this.listener = listener;
    }

    /** The node is gone. */
    void leave() {
      members.remove(id);
      members.values().forEach(other -> other.listener.onPeer(id, false));
    }

    private boolean isHere() {
      return members.get(id) == this;
    }

    @Override
    public List<PeerId> peers() {
      List<PeerId> out = new ArrayList<>();
      for (Member other : members.values()) {
        if (other != this && !apart(this, other)) {
          out.add(other.id);
        }
      }
      return out;
    }

    @Override
    public void flood(byte topic, Bytes payload) {
      Hash32 key = key(topic, payload);
      seen.add(key);
      tap.sent(node, topic, payload);
      for (Member other : List.copyOf(members.values())) {
        Bytes told = other == this ? null : tap.told(node, other.node, topic, payload);
        if (told != null) {
          send(other, told.equals(payload) ? key : key(topic, told), topic, told);
        }
      }
    }

    private void spread(Hash32 key, byte topic, Bytes payload, PeerId except) {
      for (Member other : List.copyOf(members.values())) {
        if (other != this && !other.id.equals(except)) {
          send(other, key, topic, payload);
          if (twicePercent > 0 && random.nextInt(100) < twicePercent) {
            send(other, key, topic, payload);
          }
        }
      }
    }

    private void send(Member to, Hash32 key, byte topic, Bytes payload) {
      if (apart(this, to) || (lossPercent > 0 && random.nextInt(100) < lossPercent)) {
        return;
      }
      time.after(delayMs(), () -> to.receive(this, key, topic, payload));
    }

    private void receive(Member from, Hash32 key, byte topic, Bytes payload) {
      if (isHere() && seen.add(key) && listener.onMessage(from.id, topic, payload)) {
        spread(key, topic, payload, from.id);
      }
    }

    @Override
    public CompletableFuture<Bytes> request(PeerId peer, byte topic, Bytes payload) {
      CompletableFuture<Bytes> future = new CompletableFuture<>();
      Member other = members.get(peer);
      boolean lose = requestsToLose > 0 || (lossPercent > 0 && random.nextInt(100) < lossPercent);
      if (requestsToLose > 0) {
        requestsToLose--;
      }
      if (other == null || apart(this, other) || lose) {
        time.after(REQUEST_TIMEOUT_MS, () -> fail(future));
        return future;
      }
      time.after(
          delayMs(),
          () -> {
            if (!other.isHere()) {
              fail(future);
              return;
            }
            Bytes answer = other.listener.onRequest(id, topic, payload);
            time.after(
                delayMs(),
                () -> {
                  if (isHere()) {
                    future.complete(answer);
                  }
                });
          });
      return future;
    }

    private void fail(CompletableFuture<Bytes> future) {
      if (isHere()) {
        future.completeExceptionally(new TimeoutException("no answer"));
      }
    }
  }

  private static Hash32 key(byte topic, Bytes payload) {
    return Keccak.hashAll(new byte[] {topic}, payload.unsafeArray());
  }
}
