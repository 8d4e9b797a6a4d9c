// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.testing.RandomTransactions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Seeded batches of every shape. */
final class RandomBatches {
  private final Random random;
  private final RandomTransactions transactions;

  RandomBatches(long seed) {
    this.random = new Random(seed);
    this.transactions = new RandomTransactions(random, 901);
  }

  BatchContents any() {
    return of(1 + random.nextInt(4), 1 + random.nextInt(8), 6);
  }

  BatchContents of(int rollups, int ticks, int maxTransactionsPerBlock) {
    List<Long> tickNumbers = new ArrayList<>();
    long tick = random.nextInt(3) == 0 ? 0 : random.nextLong() >>> 10;
    for (int i = 0; i < ticks; i++) {
      tickNumbers.add(tick);
      tick += 1 + random.nextInt(3);
    }
    List<Segment> segments = new ArrayList<>();
    for (int r = 0; r < rollups; r++) {
      segments.add(segment(901 + r, tickNumbers, maxTransactionsPerBlock));
    }
    List<TableEntry> table = new ArrayList<>();
    for (int i = 0; i < ticks; i++) {
      for (Segment segment : segments) {
        table.add(new TableEntry(tickNumbers.get(i), segment.rollupId(), i, transactions.hash()));
      }
    }
    List<CarriedSeal> seals = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      seals.add(
          new CarriedSeal(
              100 + seals.size(), random.nextInt(9), transactions.bytes(random.nextInt(400))));
    }
    return new BatchContents(table, seals, segments);
  }

  private Segment segment(long rollupId, List<Long> ticks, int maxTransactions) {
    List<BlockData> blocks = new ArrayList<>();
    long anchor = random.nextInt(3) == 0 ? 0 : random.nextInt(1_000_000);
    Hash32 anchorHash = transactions.hash();
    long gasLimit = 30_000_000;
    for (long tick : ticks) {
      List<Transaction> included = new ArrayList<>();
      for (int i = random.nextInt(maxTransactions + 1); i > 0; i--) {
        included.add(transactions.any());
      }
      blocks.add(new BlockData(tick, anchor, anchorHash, gasLimit, included));
      if (random.nextInt(3) == 0) {
        anchor += 1 + random.nextInt(90);
        anchorHash = transactions.hash();
      }
      gasLimit = random.nextInt(50) == 0 ? Long.MAX_VALUE : gasLimit + random.nextInt(3) - 1;
      gasLimit = gasLimit < 0 ? 0 : gasLimit;
    }
    return new Segment(rollupId, blocks);
  }
}
