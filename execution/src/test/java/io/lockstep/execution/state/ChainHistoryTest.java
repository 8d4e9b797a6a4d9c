// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cases in which nodes of equal content, or of equal blocks, could be taken for each other. */
class ChainHistoryTest {
  private static final String PREFIX = "r1";
  private static final Address ONE = TestChain.address(3);
  private static final Address OTHER = TestChain.address(4);
  private static final int SLOTS = 40;

  @TempDir Path dir;
  private RocksStore store;
  private ChainDb chain;
  private final TestChain maker = new TestChain(new Random(5));

  @BeforeEach
  void open() {
    store = RocksStore.open(dir, ChainDb.columns(PREFIX));
    chain = ChainDb.open(store, PREFIX, TestChain.GENESIS, ChainOptions.DEFAULT.withHistory(3));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void twoContractsWithTheSameStorageDoNotShareNodes() {
    append(diff(Map.of(ONE, contract(false, 1), OTHER, contract(false, 1))));
    append(diff(Map.of(ONE, new AccountChange(null, true, Map.of()))));
    growAndPrune();
    assertThat(word(chain.headState(), OTHER)).isEqualTo(1);

    // The same storage anew, in the place of what was cleared.
    append(diff(Map.of(OTHER, contract(true, 1))));
    append(diff(Map.of(OTHER, contract(false, 2))));
    append(diff(Map.of(OTHER, contract(false, 1))));
    growAndPrune();
    assertThat(word(chain.headState(), OTHER)).isEqualTo(1);
  }

  @Test
  void aBlockThatIsAppendedAgainAfterARewindHasNodesOfItsOwn() {
    append(diff(Map.of(ONE, contract(false, 1))));
    Hash32 fork = chain.headHash();
    StateDiff diff = diff(Map.of(ONE, contract(false, 2)));
    ExecutedBlock executed = maker.executed(chain.head(), chain.headHash(), diff);
    PreparedRoot root = chain.prepare(diff);
    BlockHeader header = TestChain.header(executed, root.stateRoot());
    for (int i = 0; i < 3; i++) {
      // Each time with the ids that were prepared for the first.
      chain.append(header, executed, root, Durability.PROCESS);
      TrieCensus.check(store, ChainColumns.of(PREFIX), chain);
      StateReader held = chain.headState();
      chain.rewindTo(fork);
      assertThat(word(held, ONE)).isEqualTo(2);
      StateReader left = chain.stateAt(header.hash());
      assertThat(left).isNotNull();
      assertThat(word(left, ONE)).isEqualTo(2);
    }
    growAndPrune();
    assertThat(chain.stateAt(header.hash())).isNull();
  }

  private void growAndPrune() {
    for (int i = 0; i < 6; i++) {
      append(diff(Map.of(TestChain.address(9), account(i))));
      while (chain.prune(7)) {}
      assertThat(TrieCensus.check(store, ChainColumns.of(PREFIX), chain)).isZero();
    }
  }

  private void append(StateDiff diff) {
    ExecutedBlock executed = maker.executed(chain.head(), chain.headHash(), diff);
    PreparedRoot root = chain.prepare(diff);
    chain.append(TestChain.header(executed, root.stateRoot()), executed, root, Durability.PROCESS);
  }

  private static StateDiff diff(Map<Address, AccountChange> accounts) {
    return new StateDiff(accounts, Map.of());
  }

  private static AccountChange account(long balance) {
    return new AccountChange(
        new AccountState(1, UInt256.of(balance), Keccak.EMPTY, false), false, Map.of());
  }

  private static AccountChange contract(boolean cleared, long value) {
    Map<UInt256, UInt256> words = new HashMap<>();
    for (int i = 0; i < SLOTS; i++) {
      words.put(UInt256.of(i), UInt256.of(value));
    }
    return new AccountChange(new AccountState(1, UInt256.ZERO, Keccak.EMPTY, true), cleared, words);
  }

  private static long word(StateReader state, Address address) {
    return state.storage(address, UInt256.of(SLOTS / 2)).limb(0);
  }
}
