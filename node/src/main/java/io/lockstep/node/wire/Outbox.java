// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.node.rpc.Streams;
import io.lockstep.node.rpc.SyncDesk;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.Gossip;
import io.lockstep.preconf.gossip.PeerId;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.gossip.TicksAnswer;
import io.lockstep.preconf.gossip.Topics;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.LoopListener;
import io.lockstep.sequencer.loop.SequencerLoop;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the loop's results go: the picture for RPC readers, those who wait for a receipt, the
 * streams, the peers. Called on the sequencing thread; hands everything on without waiting.
 */
final class Outbox implements LoopListener {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  private final SyncDesk waiting;
  private final Streams streams;
  private final RandomGenerator random;
  private volatile @Nullable NodeView view;
  private volatile @Nullable Gossip gossip;
  private volatile @Nullable SequencerLoop loop;
  private NodeStatus.@Nullable State announced;

  /**
   * @param random which peer is asked; used on the sequencing thread alone
   */
  Outbox(SyncDesk waiting, Streams streams, RandomGenerator random) {
    this.waiting = waiting;
    this.streams = streams;
    this.random = random;
  }

  void connect(SequencerLoop target, Gossip node) {
    this.loop = target;
    this.gossip = node;
  }

  /** The newest picture; there is one from before the servers start. */
  NodeView view() {
    NodeView current = view;
    if (current == null) {
      throw new IllegalStateException("the loop has published nothing yet");
    }
    return current;
  }

  void publishFirst(NodeView first) {
    view = first;
  }

  @Override
  public void published(NodeView next, List<Hash32> shown) {
    NodeView before = view;
    view = next;
    if (!shown.isEmpty()) {
      waiting.shown(shown);
    }
    if (before != null) {
      streams.onView(before, next);
    }
    if (announced != next.status().state()) {
      announced = next.status().state();
      LOG.info("state {}: {}", announced, next.status().why());
    }
  }

  @Override
  public void release(FragMessage frag) {
    flood(Topics.FRAG, frag.encoded());
    streams.onFrag(frag);
  }

  @Override
  public void release(SealMessage seal) {
    flood(Topics.SEAL, seal.encoded());
    streams.onSeal(seal);
  }

  @Override
  public void release(PromiseMessage promise) {
    flood(Topics.PROMISE, promise.encoded());
    streams.onPromise(promise);
  }

  @Override
  public void followed(PromiseMessage promise) {
    streams.onPromise(promise);
  }

  @Override
  public void followed(FragMessage frag) {
    streams.onFrag(frag);
  }

  @Override
  public void followed(SealMessage seal) {
    streams.onSeal(seal);
  }

  @Override
  public void missingTicks(long firstTick, boolean everyPeer) {
    Gossip node = gossip;
    SequencerLoop target = loop;
    if (node == null || target == null) {
      return;
    }
    List<PeerId> peers = node.peers();
    if (peers.isEmpty()) {
      return;
    }
    List<PeerId> asked = everyPeer ? peers : List.of(peers.get(random.nextInt(peers.size())));
    Bytes request = new TicksAnswer.Request(firstTick, TicksAnswer.MAX_SEALS).encoded();
    for (PeerId peer : asked) {
      var _ =
          node.request(peer, Topics.SEALED_TICKS, request)
              .whenComplete((answer, failure) -> {
                if (answer != null) {
                  takeTicks(target, peer, answer);
                } else {
                  LOG.debug("peer {} gave no ticks: {}", peer, failure);
                }
              });
    }
  }

  private static void takeTicks(SequencerLoop target, PeerId peer, Bytes payload) {
    try {
      TicksAnswer answer = TicksAnswer.decode(payload);
      if (!target.offer(new Command.Ticks(answer.headTick(), answer.seals(), answer.frags()))) {
        LOG.debug("busy: the ticks of peer {} are asked for again later", peer);
      }
    } catch (DecodeException e) {
      LOG.info("peer {} answered with bad ticks: {}", peer, e.getMessage());
    }
  }

  private void flood(byte topic, Bytes payload) {
    Gossip node = gossip;
    if (node != null) {
      node.flood(topic, payload);
    }
  }
}
