// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Prints how long a block of 1,000 touched accounts takes on a state of 200,000. */
@EnabledIfSystemProperty(
    named = "lockstep.test.speed",
    matches = "true",
    disabledReason = "a measurement: run with -Dlockstep.test.speed=true")
class ChainDbSpeedTest {
  private static final int ACCOUNTS = 200_000;
  private static final int TOUCHED = 1_000;
  private static final int BLOCKS = 60;
  private static final int HOT = 10_000;

  @TempDir Path dir;

  @Test
  void preparesAndAppendsABlockOfAThousandAccounts() {
    Random random = new Random(3);
    try (RocksStore store = RocksStore.open(dir, ChainDb.columns("l2"))) {
      ChainDb chain = ChainDb.open(store, "l2", TestChain.GENESIS);
      for (int from = 0; from < ACCOUNTS; from += 10_000) {
        Map<Address, AccountChange> accounts = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
          accounts.put(address(from + i), change(random, i % 10 == 0));
        }
        append(chain, accounts);
      }

      measure(chain, "anywhere in the state", ACCOUNTS, random);
      measure(chain, "among " + HOT + " that are often used", HOT, random);
      assertThat(chain.head().number()).isEqualTo(ACCOUNTS / 10_000 + 2 * BLOCKS);
    }
  }

  private static void measure(ChainDb chain, String where, int range, Random random) {
    double[] prepareMs = new double[BLOCKS];
    double[] appendMs = new double[BLOCKS];
    for (int block = 0; block < BLOCKS; block++) {
      Map<Address, AccountChange> accounts = new HashMap<>();
      while (accounts.size() < TOUCHED) {
        int index = random.nextInt(range);
        accounts.put(address(index), change(random, index % 10 == 0));
      }
      double[] took = append(chain, accounts);
      prepareMs[block] = took[0];
      appendMs[block] = took[1];
    }
    System.out.printf(
        "%d accounts %s, CPU time of %d blocks: prepare median %.1f ms, worst %.1f; append"
            + " median %.1f ms, worst %.1f%n",
        TOUCHED,
        where,
        BLOCKS,
        at(prepareMs, 0.5),
        at(prepareMs, 1),
        at(appendMs, 0.5),
        at(appendMs, 1));
  }

  private static double[] append(ChainDb chain, Map<Address, AccountChange> accounts) {
    StateDiff diff = new StateDiff(accounts, Map.of());
    ExecutedBlock executed =
        new TestChain(new Random(1)).executed(chain.head(), chain.headHash(), diff);
    // Execution has read what it changes before the block is hashed.
    StateReader state = chain.headState();
    accounts.forEach((address, change) -> {
      state.account(address);
      change.storage().keySet().forEach(slot -> state.storage(address, slot));
    });
    long start = cpuNanos();
    PreparedRoot root = chain.prepare(diff);
    long prepared = cpuNanos();
    chain.append(TestChain.header(executed, root.stateRoot()), executed, root, Durability.PROCESS);
    long appended = cpuNanos();
    return new double[] {(prepared - start) / 1e6, (appended - prepared) / 1e6};
  }

  // Of this thread: other work on the machine must not count.
  private static long cpuNanos() {
    return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double at(double[] sample, double share) {
    double[] sorted = sample.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
  }

  private static AccountChange change(Random random, boolean contract) {
    AccountState after = new AccountState(1, UInt256.of(random.nextLong()), Keccak.EMPTY, contract);
    Map<UInt256, UInt256> words = new HashMap<>();
    for (int i = 0; contract && i < 8; i++) {
      words.put(UInt256.of(random.nextInt(64)), UInt256.of(random.nextLong()));
    }
    return new AccountChange(after, false, words);
  }

  private static Address address(int index) {
    return Address.ofLong(0x10000L + index * 7919L);
  }
}
