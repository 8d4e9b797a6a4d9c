// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.heads;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.FakeChain.FakeBlock;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeadTrackerTest {
  private final FakeChain chain = new FakeChain();
  private final StubL1 l1 = new StubL1(chain);
  private final JdkTransport transport = new JdkTransport(1_000);
  private final List<L1Event> events = new ArrayList<>();
  private final HeadTracker tracker = tracker(l1.pool(), List.of());

  private HeadTracker tracker(EndpointPool pool, List<BlockRef> resumeFrom) {
    return new HeadTracker(
        new ExecutionClient(pool, transport, HttpOptions.DEFAULT), resumeFrom, events::add);
  }

  @AfterEach
  void close() {
    l1.close();
    transport.close();
  }

  private static BlockRef ref(FakeBlock b) {
    return new BlockRef(b.number(), b.hash(), b.parentHash(), b.timestampSeconds());
  }

  private FakeBlock block(long number) {
    FakeBlock block = chain.byNumber(number);
    assertThat(block).isNotNull();
    return block;
  }

  private List<L1Event> stepAll() {
    events.clear();
    while (tracker.step()) {
      // until nothing waits
    }
    return List.copyOf(events);
  }

  private static List<Long> numbers(List<L1Block> blocks) {
    return blocks.stream().map(L1Block::number).toList();
  }

  @Test
  void startsAtTheNodesHeadAndTellsEachBlockOnce() {
    chain.mineEmpty(5);
    assertThat(stepAll()).hasSize(1);
    assertThat(tracker.head()).isEqualTo(ref(block(5)));
    assertThat(stepAll()).isEmpty();

    chain.mineEmpty(1);

    assertThat(stepAll())
        .satisfiesExactly(e -> {
          assertThat(e).isInstanceOf(L1Event.NewBlocks.class);
          assertThat(numbers(((L1Event.NewBlocks) e).blocks())).containsExactly(6L);
        });
  }

  @Test
  void fillsAGapByParentHash() {
    stepAll();
    chain.mineEmpty(4);
    chain.missSlot();
    chain.mineEmpty(2);

    assertThat(stepAll())
        .satisfiesExactly(e ->
            assertThat(numbers(((L1Event.NewBlocks) e).blocks()))
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L));
  }

  @Test
  void catchesUpInBoundedSteps() {
    stepAll();
    chain.mineEmpty(150);

    List<L1Event> told = stepAll();

    assertThat(told).hasSize(3);
    List<Long> all = new ArrayList<>();
    told.forEach(e -> all.addAll(numbers(((L1Event.NewBlocks) e).blocks())));
    assertThat(all).hasSize(150).startsWith(1L).endsWith(150L).isSorted();
  }

  @Test
  void tellsAReorgOfDepthOne() {
    chain.mineEmpty(5);
    stepAll();
    FakeBlock old = block(5);
    chain.reorg(1, 1);

    assertThat(stepAll())
        .containsExactly(new L1Event.Reorg(ref(block(4)), List.of(ref(old)), added(5, 5)));
  }

  @Test
  void tellsAReorgOfDepthThreeToALongerBranch() {
    chain.mineEmpty(10);
    stepAll();
    List<BlockRef> old = List.of(ref(block(8)), ref(block(9)), ref(block(10)));
    chain.reorg(3, 5);

    assertThat(stepAll()).containsExactly(new L1Event.Reorg(ref(block(7)), old, added(8, 12)));
    assertThat(tracker.head()).isEqualTo(ref(block(12)));
  }

  @Test
  void tellsAReorgToAShorterBranch() {
    chain.mineEmpty(10);
    stepAll();
    chain.reorg(3, 1);

    List<L1Event> told = stepAll();
    assertThat(told).hasSize(1);
    L1Event.Reorg reorg = (L1Event.Reorg) told.getFirst();
    assertThat(reorg.dropped()).hasSize(3);
    assertThat(numbers(reorg.added())).containsExactly(8L);
  }

  @Test
  void ignoresAnEndpointThatLags() {
    chain.mineEmpty(10);
    stepAll();
    l1.execution().lagBehind(4);

    assertThat(stepAll()).isEmpty();
    l1.execution().lagBehind(0);
    chain.mineEmpty(1);
    assertThat(stepAll()).hasSize(1);
  }

  @Test
  void saysOnceThatNoNodeIsReachedAndThenLosesNothing() {
    chain.mineEmpty(2);
    stepAll();
    l1.answerInstead(() -> StubL1.Raw.text(200, "text/html", "<html>"));
    events.clear();
    tracker.step();
    tracker.step();
    assertThat(events).hasSize(1).first().isInstanceOf(L1Event.Unreachable.class);
    chain.mineEmpty(3);
    l1.behave();

    List<L1Event> told = stepAll();

    assertThat(numbers(((L1Event.NewBlocks) told.getFirst()).blocks())).containsExactly(3L, 4L, 5L);
    assertThat(told.getLast()).isEqualTo(new L1Event.Reachable());
  }

  @Test
  void refusesAReorgBelowItsWindow() {
    chain.mineEmpty(3);
    stepAll();
    chain.mineEmpty(HeadTracker.WINDOW_BLOCKS + 50);
    stepAll();
    chain.reorg(HeadTracker.WINDOW_BLOCKS + 20, HeadTracker.WINDOW_BLOCKS + 30);

    assertThat(stepAll()).hasSize(1).first().isInstanceOf(L1Event.TooDeep.class);
    chain.mineEmpty(1);
    assertThat(stepAll()).isEmpty();
  }

  @Test
  void tellsFinalityOnceAndOnlyUpwards() {
    chain.mineEmpty(10);
    chain.finalise(4);
    List<L1Event> told = stepAll();
    assertThat(told)
        .endsWith(new L1Event.Safe(ref(block(4))), new L1Event.Finalized(ref(block(4))));
    assertThat(stepAll()).isEmpty();

    chain.finalise(3);
    assertThat(stepAll()).isEmpty();
    chain.finalise(6);
    assertThat(stepAll()).contains(new L1Event.Finalized(ref(block(6))));
  }

  @Test
  void tellsAReorgThatHappenedDuringAPause() {
    chain.mineEmpty(10);
    List<BlockRef> processed = new ArrayList<>();
    for (long n = 5; n <= 10; n++) {
      processed.add(ref(block(n)));
    }
    chain.reorg(3, 6);
    HeadTracker resumed = tracker(l1.pool(), processed);
    events.clear();
    while (resumed.step()) {
      // until nothing waits
    }

    assertThat(events)
        .containsExactly(
            new L1Event.Reorg(ref(block(7)), processed.subList(3, 6), List.of()),
            new L1Event.NewBlocks(added(8, 13)));
  }

  @Test
  void waitsForANodeThatIsBehindWhatWasProcessed() {
    chain.mineEmpty(10);
    HeadTracker resumed = tracker(l1.pool(), List.of(ref(block(9)), ref(block(10))));
    l1.execution().lagBehind(5);
    events.clear();
    resumed.step();
    assertThat(events).hasSize(1).first().isInstanceOf(L1Event.Unreachable.class);

    l1.execution().lagBehind(0);
    resumed.step();
    assertThat(events).hasSize(2).last().isEqualTo(new L1Event.Reachable());
  }

  @Test
  void alwaysGivesTheNodesChainHoweverItMoves() {
    long seed = 20_261_122L;
    Random random = new Random(seed);
    List<BlockRef> replica = new ArrayList<>();
    HeadTracker followed =
        new HeadTracker(
            new ExecutionClient(l1.pool(), transport, HttpOptions.DEFAULT),
            List.of(),
            event -> apply(event, replica));
    followed.step();
    for (int round = 0; round < 60; round++) {
      int height = (int) chain.head().number();
      if (height > 5 && random.nextInt(3) == 0) {
        int depth = 1 + random.nextInt(Math.min(5, height));
        chain.reorg(depth, depth + random.nextInt(4));
      } else if (random.nextInt(4) == 0) {
        chain.mineEmpty(60 + random.nextInt(60));
      } else {
        chain.mineEmpty(1 + random.nextInt(4));
      }
      if (random.nextBoolean()) {
        continue;
      }
      while (followed.step()) {
        // until nothing waits
      }
      List<BlockRef> expected = new ArrayList<>();
      for (long n = 0; n <= chain.head().number(); n++) {
        expected.add(ref(block(n)));
      }
      assertThat(replica).as("seed %d, round %d", seed, round).isEqualTo(expected);
    }
  }

  private static void apply(L1Event event, List<BlockRef> replica) {
    switch (event) {
      case L1Event.NewBlocks(List<L1Block> blocks) -> blocks.forEach(b -> replica.add(b.ref()));
      case L1Event.Reorg reorg -> {
        for (BlockRef dropped : reorg.dropped().reversed()) {
          assertThat(replica.removeLast()).isEqualTo(dropped);
        }
        assertThat(replica.getLast()).isEqualTo(reorg.forkPoint());
        reorg.added().forEach(b -> replica.add(b.ref()));
      }
      default -> throw new AssertionError("unexpected " + event);
    }
    for (int i = 1; i < replica.size(); i++) {
      Hash32 parent = replica.get(i).parentHash();
      assertThat(parent).isEqualTo(replica.get(i - 1).hash());
    }
  }

  private List<L1Block> added(long from, long to) {
    List<L1Block> blocks = new ArrayList<>();
    for (long n = from; n <= to; n++) {
      FakeBlock b = block(n);
      blocks.add(
          new L1Block(
              ref(b),
              b.hash(),
              b.hash(),
              Hash32.ZERO,
              io.lockstep.primitives.uint.UInt256.of(1_000_000_000L),
              30_000_000,
              0,
              0,
              0));
    }
    return blocks;
  }
}
