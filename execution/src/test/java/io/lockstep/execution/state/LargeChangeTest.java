// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes so large that several threads work on them: roots, nodes and rewinds stay the same. */
class LargeChangeTest {
  private static final String PREFIX = "r1";
  private static final Address TOKEN = Address.ofLong(7);
  private static final int RANGE = 12_000;

  @TempDir Path dir;

  @Test
  void rootsOfLargeBlocksAreThoseOfTheWholeStateAndNoNodeIsLost() {
    long seed = 23;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    TestChain maker = new TestChain(random);
    Map<Address, FullAccount> model = Map.of();
    ChainOptions options = ChainOptions.DEFAULT.withHistory(2);
    try (RocksStore store = RocksStore.open(dir, ChainDb.columns(PREFIX))) {
      ChainDb chain = ChainDb.open(store, PREFIX, TestChain.GENESIS, options);
      Hash32 before = chain.headHash();
      model = TestChain.apply(model, TestChain.GENESIS.allocation());
      for (int block = 0; block < 6; block++) {
        Map<Address, FullAccount> parent = model;
        StateDiff diff = diff(random, parent, block == 4 ? 3 : 5_000);
        model = TestChain.apply(parent, diff);
        before = chain.headHash();
        append(chain, maker, diff);
        assertThat(chain.head().stateRoot()).isEqualTo(StateRoots.of(model));
        while (chain.prune(1_000)) {}
        TrieCensus.check(store, ChainColumns.of(PREFIX), chain);

        if (block == 2) {
          chain.rewindTo(before);
          assertThat(chain.head().stateRoot()).isEqualTo(StateRoots.of(parent));
          append(chain, maker, diff);
          assertThat(chain.head().stateRoot()).isEqualTo(StateRoots.of(model));
        }
      }
      Map.Entry<Address, FullAccount> known = model.entrySet().iterator().next();
      AccountProof proof = chain.proof(chain.headHash(), known.getKey(), List.of());
      assertThat(proof).isNotNull();
      assertThat(proof.balance()).isEqualTo(known.getValue().account().balance());
    }
  }

  private static StateDiff diff(Random random, Map<Address, FullAccount> state, int changes) {
    Map<Address, AccountChange> accounts = new HashMap<>();
    Map<UInt256, UInt256> words = new HashMap<>();
    for (int i = 0; i < changes; i++) {
      Address address = Address.ofLong(10_000 + random.nextInt(RANGE));
      boolean goes = state.containsKey(address) && random.nextInt(4) == 0;
      AccountState after =
          new AccountState(random.nextInt(100), UInt256.of(random.nextLong()), Keccak.EMPTY, false);
      accounts.put(address, new AccountChange(goes ? null : after, false, Map.of()));
      long word = random.nextInt(4) == 0 ? 0 : random.nextLong();
      words.put(UInt256.of(random.nextInt(RANGE)), UInt256.of(word));
    }
    AccountState token = new AccountState(1, UInt256.ZERO, Keccak.EMPTY, true);
    accounts.put(TOKEN, new AccountChange(token, false, words));
    return new StateDiff(accounts, Map.of());
  }

  private static void append(ChainDb chain, TestChain maker, StateDiff diff) {
    ExecutedBlock executed = maker.executed(chain.head(), chain.headHash(), diff);
    PreparedRoot root = chain.prepare(diff);
    chain.append(TestChain.header(executed, root.stateRoot()), executed, root, Durability.PROCESS);
  }
}
