// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random histories against the plain form of the rules, compared after each step. */
class MempoolModelTest {
  private static final int SENDERS = 6;
  private static final int NONCES = 8;
  private static final List<Transaction> STOCK = stock();

  private static List<Transaction> stock() {
    Random random = new Random(5);
    List<Transaction> stock = new ArrayList<>();
    for (int sender = 0; sender < SENDERS; sender++) {
      for (int nonce = 0; nonce < NONCES; nonce++) {
        for (int variant = 0; variant < 6; variant++) {
          long tip = random.nextInt(30);
          stock.add(
              PoolFixtures.tx(
                  sender, nonce, tip, tip + random.nextInt(60), random.nextInt(3) == 0 ? 300 : 0));
        }
      }
    }
    return stock;
  }

  @Test
  void agreesWithThePlainRules() {
    int[] evictions = new int[1];
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      boolean tight = random.nextBoolean();
      MempoolLimits limits =
          new MempoolLimits(
              tight ? 6 + random.nextInt(8) : 40,
              random.nextInt(3) == 0 ? 2_000 : 1_000_000,
              tight ? 4 : 100,
              128 << 10,
              1_000_000,
              UInt256.ZERO,
              1,
              1);
      PoolFixtures accounts = new PoolFixtures();
      Mempool pool =
          new Mempool(
              limits,
              (tx, reason) -> {
                evictions[0] += reason == DropListener.Reason.EVICTED ? 1 : 0;
              });
      NaivePool model = new NaivePool(limits);
      for (int step = 0; step < 400; step++) {
        step(random, accounts, pool, model);
        compare(pool, model, "seed " + seed + " step " + step);
      }
    }
    assertThat(evictions[0]).isGreaterThan(500);
  }

  private static void step(Random random, PoolFixtures accounts, Mempool pool, NaivePool model) {
    Transaction tx = STOCK.get(random.nextInt(STOCK.size()));
    Address sender = Objects.requireNonNull(tx.sender());
    switch (random.nextInt(12)) {
      case 0 -> {
        pool.remove(tx.hash());
        model.remove(tx);
      }
      case 1 -> {
        long nonce = random.nextInt(NONCES);
        UInt256 balance = UInt256.of(random.nextInt(4) == 0 ? 21_000 * 40 : 21_000 * 1_000);
        accounts.states.put(sender, new SenderState(nonce, balance));
        pool.onStateChange(sender, nonce, balance);
        model.state(sender, accounts.apply(sender));
      }
      case 2 -> {
        model.baseFee = UInt256.of(random.nextInt(60));
        pool.setHead(model.baseFee, 30_000_000);
      }
      case 3 -> {
        List<Transaction> best = MempoolTest.walk(pool);
        if (!best.isEmpty()) {
          Transaction included = best.getFirst();
          Address from = Objects.requireNonNull(included.sender());
          SenderState after = new SenderState(included.nonce() + 1, accounts.apply(from).balance());
          accounts.states.put(from, after);
          pool.included(included);
          model.state(from, after);
        }
      }
      default -> {
        // A byte bound that a replacement would break is refused by its own rule; kept out here.
        if (model.all().stream()
            .noneMatch(w ->
                w.nonce() == tx.nonce() && Objects.equals(w.sender(), sender) && grows(w, tx))) {
          AddResult expected = model.add(tx, accounts);
          AddResult found = pool.add(tx, accounts, 0);
          if (expected instanceof AddResult.Refused e && found instanceof AddResult.Refused f) {
            assertThat(f.code()).isEqualTo(e.code());
          } else {
            assertThat(found).isEqualTo(expected);
          }
        }
      }
    }
  }

  private static boolean grows(Transaction old, Transaction tx) {
    return tx.encoded().size() > old.encoded().size();
  }

  private static void compare(Mempool pool, NaivePool model, String where) {
    assertThat(pool.content(Integer.MAX_VALUE)).as(where).isEqualTo(model.content());
    assertThat(MempoolTest.walk(pool)).as(where).isEqualTo(model.walk());
    assertThat(pool.size()).as(where).isEqualTo(model.all().size());
    long bytes = model.all().stream().mapToLong(tx -> tx.encoded().size()).sum();
    assertThat(pool.sizeBytes()).as(where).isEqualTo(bytes);
    int pending =
        model.content().values().stream().mapToInt(content -> content.pending().size()).sum();
    assertThat(pool.pendingCount()).as(where).isEqualTo(pending);
    assertThat(pool.queuedCount()).as(where).isEqualTo(pool.size() - pending);
  }
}
