// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.head.NodeView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerCatchUpTest {
  private final List<Long> asked = new ArrayList<>();
  private final PeerCatchUp peers = new PeerCatchUp(new Asked(), 3_000);

  private final class Asked implements LoopListener {
    @Override
    public void missingTicks(long firstTick, boolean everyPeer) {
      asked.add(firstTick);
    }

    @Override
    public void published(NodeView view, List<Hash32> shown) {}

    @Override
    public void release(FragMessage frag) {}

    @Override
    public void release(SealMessage seal) {}

    @Override
    public void release(PromiseMessage promise) {}

    @Override
    public void followed(PromiseMessage promise) {}

    @Override
    public void followed(FragMessage frag) {}

    @Override
    public void followed(SealMessage seal) {}
  }

  @Test
  void asksUntilThereIsAnAnswerForRequestsGetLost() {
    peers.begin(10, 0);
    peers.step(10, 400);
    assertThat(asked).containsExactly(11L);
    peers.step(10, 500);
    peers.step(10, 1_000);
    assertThat(asked).containsExactly(11L, 11L, 11L);

    peers.answered(10);
    peers.step(10, 5_000);
    assertThat(asked).hasSize(3);
    assertThat(peers.isDone(10, 1_000)).isTrue();
  }

  @Test
  void asksOnWhileAPeerIsAhead() {
    peers.begin(10, 0);
    peers.answered(300);
    assertThat(peers.isDone(10, 100)).isFalse();
    peers.step(266, 500);
    assertThat(asked).containsExactly(11L, 267L);
    assertThat(peers.isDone(300, 600)).isTrue();
  }

  @Test
  void asksForWhatL1ToldFirstUntilAPeerAnswers() {
    peers.begin(10, 0);
    peers.answered(10);
    peers.derivedFirst(11, 5_000);
    peers.peerCame(14, 5_100);
    peers.step(14, 5_600);
    assertThat(asked).containsExactly(11L, 11L, 11L, 11L);
    assertThat(peers.isDone(14, 5_600)).isTrue();

    peers.answered(14);
    peers.step(14, 6_100);
    assertThat(asked).hasSize(4);
  }

  @Test
  void doesNotRunAfterAHeadThatNobodyCanProve() {
    peers.begin(10, 0);
    peers.answered(1_000_000);
    for (long nowMs = 500; nowMs < 60_000; nowMs += 500) {
      peers.step(10, nowMs);
    }
    assertThat(asked).hasSize(9);
    assertThat(peers.isDone(10, 2_999)).isFalse();
    assertThat(peers.isDone(10, 3_000)).as("patience has an end").isTrue();
  }

  @Test
  void asksAPeerThatComesLate() {
    peers.peerCame(10, 0);
    assertThat(asked).as("L1 is not known yet").isEmpty();
    peers.begin(10, 100);
    peers.answered(10);
    peers.peerCame(12, 200);
    assertThat(asked).containsExactly(11L, 13L);
  }
}
