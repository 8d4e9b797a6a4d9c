// SPDX-License-Identifier: Apache-2.0
package io.lockstep.derivation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.OpenBlockProposed;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.derive.Derivation.Outcome;
import io.lockstep.sequencer.derive.FetchedBatch;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.SystemTransaction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches and open blocks as the inbox takes them, derived by nodes that know L1 alone. */
class DerivationTest {
  private static final long A = 901;

  @TempDir private Path dir;
  private Lab lab;
  private LabNode builder;
  private LabNode node;
  private long batches;
  private int nonce;

  @BeforeEach
  void start() {
    lab = new Lab(dir);
    builder = lab.node();
    node = lab.node();
    lab.l1.mineTo(20);
  }

  @AfterEach
  void end() {
    builder.close();
    node.close();
  }

  /** Ticks of an operator, one a slot, on the newest anchor that each may have. */
  private List<LabNode.Built> build(LabNode on, int operatorId, int count) {
    List<LabNode.Built> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long number = lab.l1.mine().number();
      long tick = Lab.RULES.lastTickAt(lab.l1.head().timestampSeconds());
      List<Transaction> body = List.of(Lab.transfer(A, 0, nonce++));
      out.add(on.build(tick, number - 2, operatorId, Map.of(A, body)));
    }
    return out;
  }

  private FetchedBatch post(LabBatch batch, LabNode to) {
    lab.l1.mine();
    batch.batchIndex = ++batches;
    return batch.posted(lab.l1, to.lastBatchHash());
  }

  @Test
  void carriedTicksAndOwnOnesMakeTheSameBlocksAsAtTheirBuilder() {
    List<LabNode.Built> carried = build(builder, 1, 3);
    List<LabNode.Built> own = build(builder, 2, 2);

    FetchedBatch posted = post(new LabBatch(2, 31).carry(1, 30, carried).own(own), node);

    assertThat(node.derive(posted)).isEqualTo(new Outcome.Derived(5, -1));
    assertThat(node.heads()).isEqualTo(builder.heads());
    assertThat(HeaderExtra.of(node.block(A, 3).header()).operatorId()).isEqualTo(1);
    assertThat(HeaderExtra.of(node.block(A, 4).header()).operatorId()).isEqualTo(2);
    // The builder has the blocks already: none is made again.
    assertThat(builder.derive(posted)).isEqualTo(new Outcome.Derived(5, -1));
  }

  @Test
  void aStrangerMayCarryWhatOperatorsHaveSealed() {
    List<LabNode.Built> first = build(builder, 1, 2);
    List<LabNode.Built> second = build(builder, 3, 2);
    LabBatch batch = new LabBatch(0, 60).carry(1, 30, first).carry(3, 31, second);

    assertThat(node.derive(post(batch, node))).isEqualTo(new Outcome.Derived(4, -1));
    assertThat(node.heads()).isEqualTo(builder.heads());
  }

  @Test
  void ticksThatAreInTheChainArePassedOver() {
    List<LabNode.Built> first = build(builder, 1, 3);
    assertThat(node.derive(post(new LabBatch(1, 30).own(first.subList(0, 2)), node)))
        .isEqualTo(new Outcome.Derived(2, -1));
    List<LabNode.Built> own = build(builder, 2, 1);

    LabBatch repeats = new LabBatch(2, 31).carry(1, 30, first).own(own);
    assertThat(node.derive(post(repeats, node))).isEqualTo(new Outcome.Derived(4, -1));
    LabBatch nothingNew = new LabBatch(2, 31).carry(1, 30, first).own(own);
    assertThat(node.derive(post(nothingNew, node))).isEqualTo(new Outcome.Derived(4, -1));
    assertThat(node.heads()).isEqualTo(builder.heads());
  }

  @Test
  void whatIsPostedDisplacesWhatWasOnlySealed() {
    build(node, 2, 2);
    nonce = 0;
    List<LabNode.Built> posted = build(builder, 1, 1);

    assertThat(node.derive(post(new LabBatch(1, 30).own(posted), node)))
        .isEqualTo(new Outcome.Derived(1, 1));
    assertThat(node.heads()).isEqualTo(builder.heads());
  }

  @Test
  void aBatchThatIsWrongAtItsEndLeavesNothingOfItsBeginning() {
    List<LabNode.Built> ticks = build(builder, 1, 3);
    List<Hash32> before = node.heads();
    LabBatch wrong = new LabBatch(1, 30).own(ticks);
    LabNode.Built last = ticks.getLast();
    wrong.blocks.getFirst().removeLast();
    wrong
        .blocks
        .getFirst()
        .add(LabMutations.with(last.data().getFirst(), List.of(Lab.transfer(A, 1, 0))));

    assertThat(node.derive(post(wrong, node))).isInstanceOf(Outcome.Skipped.class);
    assertThat(node.heads()).isEqualTo(before);
    assertThat(node.cluster.safeHeight()).isZero();
    LabBatch good = new LabBatch(2, 31).carry(1, 30, ticks);
    assertThat(node.derive(post(good, node))).isEqualTo(new Outcome.Derived(3, -1));
  }

  @Test
  void anOpenBlockCarriesWhatL1HasForTheRollups() {
    List<LabNode.Built> ticks = build(builder, 1, 2);
    assertThat(node.derive(post(new LabBatch(1, 30).own(ticks), node)))
        .isEqualTo(new Outcome.Derived(2, -1));
    Transaction forced = Lab.transfer(A, 3, 0);
    lab.l1.enqueue(A, 21_000, forced.encoded());
    lab.l1.send(902, Address.ofLong(7), Address.ofLong(0xd0), UInt256.of(9), Bytes.EMPTY);
    lab.l1.mine();
    for (int i = 0; i < 10; i++) {
      lab.l1.mine();
    }
    lab.l1.miss();
    lab.l1.miss();
    lab.l1.miss();
    lab.l1.mine();
    // Two slots before this tick only the block below the gap was there.
    long tick = Lab.RULES.lastTickAt(lab.l1.head().timestampSeconds()) - 1;

    assertThat(node.derive(open(tick))).isEqualTo(new Outcome.Derived(3, -1));

    Block block = node.block(A, 3);
    assertThat(block.transactions()).hasSize(2).endsWith(forced);
    assertThat(HeaderExtra.of(block.header())).isEqualTo(new HeaderExtra(0, tick, 1));
    assertThat(SystemTransaction.anchorOf(block.transactions().getFirst()).number())
        .isEqualTo(lab.l1.head().number() - 1);
    assertThat(node.chain(902).headState().account(Address.ofLong(0xd0))).isNotNull();
    try (LabNode again = lab.node()) {
      LabBatch first = new LabBatch(1, 30).own(ticks);
      first.batchIndex = 1;
      again.derive(first.posted(lab.l1, again.lastBatchHash()));
      batches = 1;
      assertThat(again.derive(open(tick))).isEqualTo(new Outcome.Derived(3, -1));
      assertThat(again.heads()).isEqualTo(node.heads());
    }
  }

  @Test
  void anOpenBlockThatIsNotLaterThanTheChainDerivesToNothing() {
    List<LabNode.Built> ticks = build(builder, 1, 2);
    node.derive(post(new LabBatch(1, 30).own(ticks), node));

    Outcome outcome = node.derive(open(ticks.getLast().tick()));

    assertThat(outcome).isInstanceOf(Outcome.Skipped.class);
    assertThat(((Outcome.Skipped) outcome).why()).contains("not later than the block before it");
    assertThat(node.cluster.safeHeight()).isEqualTo(2);
    // The chain of hashes has gone on all the same.
    List<LabNode.Built> own = build(builder, 2, 1);
    assertThat(node.derive(post(new LabBatch(2, 33).own(own), node)))
        .isEqualTo(new Outcome.Derived(3, -1));
  }

  @Test
  void whatAReorgTakesBackDerivesAgainFromTheOtherBranch() {
    List<LabNode.Built> first = build(builder, 1, 2);
    node.derive(post(new LabBatch(1, 30).own(first), node));
    List<LabNode.Built> second = build(builder, 2, 1);
    long before = lab.l1.head().number();
    node.derive(post(new LabBatch(2, 31).own(second), node));
    assertThat(node.cluster.safeHeight()).isEqualTo(3);

    lab.l1.reorg(1);
    batches--;
    node.rewindTo(before);
    assertThat(node.cluster.safeHeight()).isEqualTo(2);
    node.restart();
    LabBatch again = new LabBatch(3, 32).carry(2, 31, second).own(build(builder, 3, 1));

    assertThat(node.derive(post(again, node))).isEqualTo(new Outcome.Derived(4, -1));
    assertThat(node.heads()).isEqualTo(builder.heads());
  }

  /** An open block as the inbox takes it, in L1's head. */
  private FetchedBatch open(long tick) {
    Hash32 hash = ClusterInboxAbi.openBlockHash(node.lastBatchHash(), new Slot(50), tick);
    OpenBlockProposed event = new OpenBlockProposed(++batches, new Slot(50), tick, hash);
    PostedBatch posted =
        new PostedBatch(
            event,
            lab.l1.head().number(),
            lab.l1.head().hash(),
            hash,
            0,
            Address.ZERO,
            Bytes.EMPTY);
    return LabBatch.read(lab.l1, posted, List.of());
  }
}
