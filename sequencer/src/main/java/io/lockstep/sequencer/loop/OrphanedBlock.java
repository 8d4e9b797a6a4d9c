// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.tick.OpenTick;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was released of a tick that was never sealed: its users have receipts that name a block and
 * a place. Whoever builds that block number on the same parent begins with it.
 *
 * @param number of the blocks
 * @param parents parent of each rollup's block; of none that had nothing
 * @param transactions by rollup, in the order they were released, without the inserted ones
 */
record OrphanedBlock(
    long number, Map<Long, Hash32> parents, Map<Long, List<Transaction>> transactions) {
  static final OrphanedBlock NONE = new OrphanedBlock(-1, Map.of(), Map.of());

  static OrphanedBlock of(OpenTick open) {
    if (!open.hasTransactions()) {
      return NONE;
    }
    Map<Long, Hash32> parents = new LinkedHashMap<>();
    Map<Long, List<Transaction>> transactions = new LinkedHashMap<>();
    for (OpenTick.RollupBlock block : open.blocks()) {
      parents.put(block.rollup().id(), block.parentHash());
      transactions.put(block.rollup().id(), List.copyOf(block.body()));
    }
    return new OrphanedBlock(open.blocks().getFirst().env().number(), parents, transactions);
  }

  /** What these frags of one tick have released. */
  static OrphanedBlock of(List<FragMessage> frags) {
    long number = -1;
    Map<Long, Hash32> parents = new LinkedHashMap<>();
    Map<Long, List<Transaction>> transactions = new LinkedHashMap<>();
    for (FragMessage frag : frags) {
      for (FragMessage.Part part : frag.parts()) {
        number = part.number();
        parents.put(part.rollupId(), part.parentHash());
        transactions
            .computeIfAbsent(part.rollupId(), _ -> new ArrayList<>())
            .addAll(part.transactions());
      }
    }
    return new OrphanedBlock(number, parents, transactions);
  }

  /** Whether the heads are its parents. */
  boolean standsOn(Cluster cluster) {
    return number == cluster.height() + 1
        && cluster.rollups().stream()
            .allMatch(rollup -> {
              Hash32 parent = parents.get(rollup.id());
              return parent == null || parent.equals(rollup.chain().headHash());
            });
  }

  int size() {
    return transactions.values().stream().mapToInt(List::size).sum();
  }
}
