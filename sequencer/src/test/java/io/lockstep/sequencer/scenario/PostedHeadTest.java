// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.derive.FetchedBatch;
import io.lockstep.sequencer.derive.L1Update;
import io.lockstep.sequencer.head.RollupView;
import io.lockstep.sequencer.loop.Command;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a follower shows as posted while it knows of a batch by its call data alone. It was away for
 * some slots, has read L1 up to before a batch of blocks that it never heard of, and cannot have
 * its blobs.
 */
class PostedHeadTest {
  @Test
  void blocksAreSealedThenPostedThenSafe(@TempDir Path dir) throws Exception {
    try (Behind behind = new Behind(dir)) {
      behind.tell(new L1Update.Declared(List.of(behind.call)));
      assertThat(behind.view().head().number()).as("it has no seals yet").isLessThan(behind.last);
      behind.showsNothingPosted();

      behind.hearsSeals();
      RollupView posted = behind.view();
      assertThat(posted.head().number()).isGreaterThan(behind.last);
      assertThat(posted.posted().number()).isEqualTo(behind.last);
      assertThat(posted.posted().hash()).isEqualTo(behind.lastHash);
      assertThat(posted.safe().number()).isEqualTo(behind.safe);

      behind.tell(behind.batch.update());
      RollupView derived = behind.view();
      assertThat(derived.safe().number()).isEqualTo(behind.last);
      assertThat(derived.posted().number()).isEqualTo(behind.last);
    }
  }

  @Test
  void aReorgThatTakesTheBatchTakesThePostedHeadBack(@TempDir Path dir) throws Exception {
    try (Behind behind = new Behind(dir)) {
      behind.hearsSeals();
      for (L1Update gone :
          List.of(
              new L1Update.Rewind(behind.batch.update().block().number() - 1),
              new L1Update.Again(behind.batch.update().block().number() - 1))) {
        behind.tell(new L1Update.Declared(List.of(behind.call)));
        assertThat(behind.view().posted().number()).isEqualTo(behind.last);

        behind.tell(gone);
        behind.showsNothingPosted();
        assertThat(behind.view().head().number()).isGreaterThanOrEqualTo(behind.last);
      }
    }
  }

  @Test
  void nothingIsPostedByABatchThatNamesOtherBlocks(@TempDir Path dir) throws Exception {
    try (Behind behind = new Behind(dir)) {
      behind.hearsSeals();
      Batch call = behind.call;
      Batch otherEnd = with(call, call.firstTick(), call.headersRoot(), Hash32.ZERO);
      Batch otherTable = with(call, call.firstTick(), Hash32.ZERO, behind.lastHash);
      Batch shorter = with(call, call.firstTick() + 1, call.headersRoot(), behind.lastHash);
      for (Batch other : List.of(otherEnd, otherTable, shorter)) {
        behind.tell(new L1Update.Declared(List.of(other)));
        behind.showsNothingPosted();
        behind.tell(new L1Update.Declared(List.of(other, call)));
        behind.showsNothingPosted(); // The other batch may replace what this one names.
        behind.tell(new L1Update.Declared(List.of(call, other)));
        assertThat(behind.view().posted().number()).isEqualTo(behind.last);
      }
    }
  }

  @Test
  void aBatchIsPostedOnlyOnTopOfWhatIsPosted(@TempDir Path dir) throws Exception {
    try (Behind behind = new Behind(dir)) {
      behind.hearsSeals();
      Batch next = call(behind.next);
      behind.tell(new L1Update.Declared(List.of(next)));
      behind.showsNothingPosted();

      behind.tell(new L1Update.Declared(List.of(behind.call, next)));
      assertThat(behind.view().posted().hash())
          .isEqualTo(next.rollups().getFirst().lastBlockHash());
    }
  }

  private static Batch call(ScriptedL1.Mined mined) {
    return ((FetchedBatch.Decoded) mined.update().batches().getFirst()).call();
  }

  private static Batch with(Batch call, long firstTick, Hash32 headersRoot, Hash32 lastBlockHash) {
    RollupPart part = call.rollups().getFirst();
    return new Batch(
        call.expected(),
        call.windowSlot(),
        call.carried(),
        firstTick,
        call.lastTick(),
        call.anchorNumber(),
        call.anchorHash(),
        call.msgTo(),
        headersRoot,
        List.of(
            new RollupPart(part.rollupId(), lastBlockHash, part.offsetBytes(), part.lengthBytes())),
        call.blobCount());
  }

  /** The follower, and the batch whose blobs it cannot have, and the one after it. */
  private static final class Behind implements AutoCloseable {
    final ScenarioNet net;
    final ScenarioNode follower;
    final ScriptedL1.Mined batch;
    final ScriptedL1.Mined next;
    final Batch call;
    final Hash32 lastHash;
    final long last;
    final long safe;

    Behind(Path dir) throws Exception {
      net = new ScenarioNet(dir);
      net.slots(6);
      net.millis(300);
      follower = net.follower();
      int known = net.l1.chain().size();
      follower.dead = true;
      follower.cutOff = true;
      net.slots(6);
      net.millis(300);
      follower.dead = false;
      List<ScriptedL1.Mined> missed =
          net.l1.chain().subList(known, net.l1.chain().size()).stream()
              .filter(mined -> !mined.update().batches().isEmpty())
              .filter(mined -> lastOf(call(mined)) > follower.height())
              .toList();
      batch = missed.get(0);
      next = missed.get(1);
      net.l1.chain().subList(known, net.l1.chain().indexOf(batch)).stream()
          .map(ScriptedL1.Mined::update)
          .forEach(this::tell);
      call = call(batch);
      lastHash = call.rollups().getFirst().lastBlockHash();
      last = lastOf(call);
      safe = follower.safeHeight();
      assertThat(safe).isLessThan(last);
    }

    private long lastOf(Batch posted) {
      var header =
          net.operator(1)
              .core
              .cluster()
              .first()
              .chain()
              .headerByHash(posted.rollups().getFirst().lastBlockHash());
      assertThat(header).isNotNull();
      return header.number();
    }

    void tell(L1Update update) {
      tell(new Command.L1(update));
    }

    private void tell(Command command) {
      follower.tell(command);
      follower.loop.doWork(net.nowMs());
    }

    /** All that an operator has sealed since. */
    void hearsSeals() {
      tell(
          new Command.Ticks(
              net.operator(1).loop.headTick(),
              net.operator(1).core.ledger().seals(follower.loop.headTick() + 1, 256, 4 << 20),
              List.of()));
    }

    RollupView view() {
      return follower.view.first();
    }

    void showsNothingPosted() {
      assertThat(view().safe().number()).isEqualTo(safe);
      assertThat(view().posted().number()).isEqualTo(safe);
    }

    @Override
    public void close() {
      net.close();
    }
  }
}
