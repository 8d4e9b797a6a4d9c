// SPDX-License-Identifier: Apache-2.0
package io.lockstep.derivation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.batch.EncodingPolicy;
import io.lockstep.sequencer.batch.SegmentEncoding;
import io.lockstep.sequencer.derive.Derivation.Outcome;
import io.lockstep.sequencer.derive.FetchedBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Right batches with one thing wrong, then the same ticks carried: the first gives nothing for the
 * stated reason, the second everything, and two nodes agree on each step.
 */
class BatchGrammarTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_123);
  private static final int ROUNDS = Integer.getInteger("lockstep.rounds", 2);

  @TempDir private Path dir;
  private final Random random = new Random(SEED);
  private final int[] nonces = new int[Lab.USERS];
  private long batches;

  @Test
  void oneWrongThingMakesNothingOfABatchAndHarmsNothingElse() {
    Lab lab = new Lab(dir);
    lab.l1.mineTo(30);
    try (LabNode builder = lab.node();
        LabNode first = lab.node();
        LabNode second = lab.node()) {
      for (int round = 0; round < ROUNDS; round++) {
        for (LabMutations.Named wrong : LabMutations.ALL) {
          step(lab, builder, List.of(first, second), wrong);
        }
        first.restart();
      }
    }
  }

  private void step(Lab lab, LabNode builder, List<LabNode> nodes, LabMutations.Named wrong) {
    String what = "seed %d: %s".formatted(SEED, wrong.name());
    List<LabNode.Built> sealed = build(lab, builder, 1, 2 + random.nextInt(2));
    List<LabNode.Built> own = build(lab, builder, 2, 2 + random.nextInt(2));
    List<Hash32> heads = nodes.getFirst().heads();
    long window = lab.l1.head().number();
    lab.l1.mine();

    LabBatch poisoned = batch(window, sealed, own);
    wrong.mutation().apply(poisoned, random, lab.l1);
    FetchedBatch posted = poisoned.posted(lab.l1, nodes.getFirst().lastBatchHash());
    List<Outcome> outcomes = nodes.stream().map(node -> node.derive(posted)).toList();
    assertThat(outcomes.getFirst()).as(what).isInstanceOf(Outcome.Skipped.class);
    assertThat(((Outcome.Skipped) outcomes.getFirst()).why()).as(what).contains(wrong.reason());
    assertThat(outcomes.getLast()).as(what).isEqualTo(outcomes.getFirst());
    nodes.forEach(node -> assertThat(node.heads()).as(what).isEqualTo(heads));

    // Whoever follows carries what the poisoned batch held.
    LabBatch good = new LabBatch(3, window + 2).carry(1, window, sealed).carry(2, window + 1, own);
    good.batchIndex = ++batches;
    good.policy = policy();
    lab.l1.mine();
    FetchedBatch carried = good.posted(lab.l1, nodes.getFirst().lastBatchHash());
    for (LabNode node : nodes) {
      assertThat(node.derive(carried)).as(what).isInstanceOf(Outcome.Derived.class);
      assertThat(node.heads()).as(what).isEqualTo(builder.heads());
    }
  }

  private LabBatch batch(long window, List<LabNode.Built> sealed, List<LabNode.Built> own) {
    LabBatch batch = new LabBatch(2, window + 1).carry(1, window, sealed).own(own);
    batch.batchIndex = ++batches;
    batch.policy = policy();
    return batch;
  }

  private EncodingPolicy policy() {
    SegmentEncoding[] all = SegmentEncoding.values();
    return new EncodingPolicy(all[random.nextInt(all.length)], 1 + random.nextInt(19));
  }

  /** A tick in each of the next slots, with what users, L1 and chance bring. */
  private List<LabNode.Built> build(Lab lab, LabNode builder, int operatorId, int count) {
    List<LabNode.Built> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      traffic(lab.l1);
      long number = lab.l1.mine().number();
      long tick = Lab.RULES.lastTickAt(lab.l1.head().timestampSeconds());
      List<Transaction> body = new ArrayList<>();
      for (int user = 0; user < 3; user++) {
        // At least one transaction in each block: some things go wrong only then.
        if (user == 0 || random.nextBoolean()) {
          body.add(Lab.transfer(901, user, nonces[user]++));
        }
      }
      out.add(builder.build(tick, number - 2, operatorId, Map.of(901L, body)));
    }
    return out;
  }

  private void traffic(LabL1 l1) {
    for (long rollupId : Lab.ROLLUPS) {
      if (random.nextInt(4) == 0) {
        byte[] noise = new byte[random.nextInt(64)];
        random.nextBytes(noise);
        l1.enqueue(rollupId, 100_000, Bytes.wrap(noise));
      }
      if (random.nextInt(4) == 0) {
        Address to = random.nextBoolean() ? Address.ofLong(9) : Lab.predeploy(3);
        byte[] data = new byte[random.nextInt(1_024)];
        l1.send(rollupId, Address.ofLong(7), to, UInt256.of(random.nextInt(9)), Bytes.wrap(data));
      }
    }
  }
}
