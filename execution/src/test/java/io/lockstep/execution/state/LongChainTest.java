// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chain that grows for long: what is kept in memory and on the disk must not grow with it. */
class LongChainTest {
  private static final String PREFIX = "r1";
  private static final int BLOCKS = 10_000;
  private static final int EARLY = 2_000;
  private static final int ACCOUNTS = 4_000;
  private static final int CONTRACTS = 16;
  private static final int SLOTS = 16;
  private static final int HISTORY = 128;

  @TempDir Path dir;

  @Test
  void neitherCachesNorTrieGrowWithTheBlocks() {
    long seed = 11;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    TestChain maker = new TestChain(random);
    ChainOptions options =
        ChainOptions.DEFAULT
            .withHistory(HISTORY)
            .withCaches(new ChainCaches(4 << 20, 2_000, 2_000, 1 << 20, 256));
    long earlyNodes = 0;
    try (RocksStore store = RocksStore.open(dir, ChainDb.columns(PREFIX))) {
      ChainDb chain = ChainDb.open(store, PREFIX, TestChain.GENESIS, options);
      for (int block = 1; block <= BLOCKS; block++) {
        append(chain, maker, diff(random));
        while (chain.prune(1_000)) {}
        if (block == EARLY || block == BLOCKS) {
          long nodes = storedNodes(store);
          System.out.printf(
              "block %d: heap %d KiB, %d nodes cached, %d nodes and %d KiB of tables on the disk%n",
              block,
              usedHeapKib(),
              chain.cachedNodes(),
              nodes,
              store.usage().tableFileBytes() >> 10);
          assertThat(chain.cachedNodes()).isLessThan(4 << 20 >> 7);
          assertThat(chain.oldestState()).isEqualTo(block - HISTORY);
          earlyNodes = block == EARLY ? nodes : earlyNodes;
          assertThat(nodes).isLessThanOrEqualTo(earlyNodes + earlyNodes / 4);
        }
      }
      TrieCensus.check(store, ChainColumns.of(PREFIX), chain);
    }
  }

  private static StateDiff diff(Random random) {
    Map<Address, AccountChange> accounts = new HashMap<>();
    for (int i = 0; i < 12; i++) {
      accounts.put(
          Address.ofLong(10_000 + random.nextInt(ACCOUNTS)),
          new AccountChange(after(random), false, Map.of()));
    }
    // Few enough words that all are written long before the first look.
    accounts.put(
        Address.ofLong(100 + random.nextInt(CONTRACTS)),
        new AccountChange(
            after(random),
            false,
            Map.of(UInt256.of(random.nextInt(SLOTS)), UInt256.of(1 + random.nextInt(1_000_000)))));
    return new StateDiff(accounts, Map.of());
  }

  private static AccountState after(Random random) {
    return new AccountState(
        random.nextInt(100), UInt256.of(random.nextLong()), Keccak.EMPTY, false);
  }

  private static void append(ChainDb chain, TestChain maker, StateDiff diff) {
    ExecutedBlock executed = maker.executed(chain.head(), chain.headHash(), diff);
    PreparedRoot root = chain.prepare(diff);
    chain.append(TestChain.header(executed, root.stateRoot()), executed, root, Durability.PROCESS);
  }

  private static long storedNodes(RocksStore store) {
    long[] count = {0};
    store.scan(
        ChainColumns.of(PREFIX).trie(),
        new byte[0],
        (key, value) -> {
          count[0]++;
          return true;
        });
    return count[0];
  }

  private static long usedHeapKib() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 10;
  }
}
