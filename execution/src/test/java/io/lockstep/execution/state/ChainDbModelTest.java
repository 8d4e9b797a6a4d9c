// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.crypto.TrieProof;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random chains with rewinds and restarts against a model that keeps whole states in memory. */
class ChainDbModelTest {
  private static final String PREFIX = "l2-901";

  @TempDir Path dir;

  /** A block as the model has it. */
  private record Known(
      BlockHeader header,
      Hash32 hash,
      List<Transaction> transactions,
      List<Receipt> receipts,
      Map<Address, FullAccount> state) {}

  private record Held(StateReader reader, Known block) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void agreesWithAModelOverAppendsRewindsAndRestarts(long seed) throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    TestChain maker = new TestChain(random);
    // Small caches: much is evicted, so that both ways of reading are taken.
    ChainCaches caches = new ChainCaches(20_000, 10, 20, 500, 4);
    int history = seed % 2 == 0 ? 7 : ChainDb.HISTORY_BLOCKS;
    ChainOptions options = new ChainOptions(history, caches);

    RocksStore store = RocksStore.open(dir, ChainDb.columns(PREFIX));
    try {
      ChainDb chain = ChainDb.open(store, PREFIX, TestChain.GENESIS, options);
      List<Known> canonical = new ArrayList<>();
      Map<Address, FullAccount> first = TestChain.apply(Map.of(), TestChain.GENESIS.allocation());
      canonical.add(
          new Known(chain.genesisHeader(), chain.headHash(), List.of(), List.of(), first));
      List<Known> abandoned = new ArrayList<>();
      // The number of the block from which each of them branches off.
      Map<Hash32, Long> forks = new HashMap<>();
      List<Held> held = new ArrayList<>();

      for (int step = 0; step < 250; step++) {
        Known head = canonical.getLast();
        switch (random.nextInt(12)) {
          case 0, 1 -> {
            long kept = chain.head().number() - chain.oldestState();
            int depth = random.nextInt((int) Math.min(kept + 1, 12));
            Known target = canonical.get(canonical.size() - 1 - depth);
            chain.rewindTo(target.hash);
            List<Known> above = canonical.subList(canonical.size() - depth, canonical.size());
            long fork = target.header.number();
            forks.replaceAll((hash, number) -> Math.min(number, fork));
            above.forEach(block -> forks.put(block.hash, fork));
            abandoned.addAll(above);
            above.clear();
          }
          case 2 -> {
            store.close();
            store = RocksStore.open(dir, ChainDb.columns(PREFIX));
            chain = ChainDb.open(store, PREFIX, TestChain.GENESIS, options);
            held.clear();
          }
          case 3 -> held.add(new Held(chain.headState(), head));
          case 4 -> {
            boolean more = chain.prune(1 + random.nextInt(30));
            assertThat(more || chain.oldestState() >= head.header.number() - history).isTrue();
            // No promise holds for who has held a state for longer than the history.
            held.clear();
          }
          default -> {
            StateDiff diff = maker.diff(head.state);
            ExecutedBlock executed = maker.executed(head.header, head.hash, diff);
            PreparedRoot root = chain.prepare(diff);
            BlockHeader header = TestChain.header(executed, root.stateRoot());
            chain.append(
                header,
                executed,
                root,
                random.nextInt(5) == 0 ? Durability.FSYNC : Durability.PROCESS);
            Map<Address, FullAccount> state = TestChain.apply(head.state, diff);
            assertThat(root.stateRoot()).isEqualTo(StateRoots.of(state));
            canonical.add(
                new Known(
                    header, header.hash(), executed.transactions(), executed.receipts(), state));
          }
        }
        checkHead(chain, canonical);
        checkState(chain.headState(), canonical.getLast().state, random, 6);
        for (Held each : held) {
          checkState(each.reader, each.block.state, random, 2);
        }
        checkBlock(chain, canonical.get(random.nextInt(canonical.size())), null, random);
        if (!abandoned.isEmpty()) {
          Known left = abandoned.get(random.nextInt(abandoned.size()));
          checkBlock(chain, left, forks.get(left.hash), random);
        }
      }
      checkState(chain.headState(), canonical.getLast().state, random, 2000);
      TrieCensus.check(store, ChainColumns.of(PREFIX), chain);
      while (chain.prune(10)) {}
      assertThat(TrieCensus.check(store, ChainColumns.of(PREFIX), chain)).isZero();
    } finally {
      store.close();
    }
  }

  @Test
  void rewindsOverTheWholeDepthWithoutReplayAndNoFurther() {
    long seed = 5;
    System.out.println("seed " + seed);
    TestChain maker = new TestChain(new Random(seed));
    try (RocksStore store = RocksStore.open(dir, ChainDb.columns(PREFIX))) {
      ChainDb chain = ChainDb.open(store, PREFIX, TestChain.GENESIS);
      List<Map<Address, FullAccount>> states = new ArrayList<>();
      states.add(TestChain.apply(Map.of(), TestChain.GENESIS.allocation()));
      int length = ChainDb.UNDO_BLOCKS + 3;
      for (int i = 1; i <= length; i++) {
        StateDiff diff = maker.diff(states.getLast());
        ExecutedBlock executed = maker.executed(chain.head(), chain.headHash(), diff);
        PreparedRoot root = chain.prepare(diff);
        chain.append(
            TestChain.header(executed, root.stateRoot()), executed, root, Durability.PROCESS);
        states.add(TestChain.apply(states.getLast(), diff));
      }
      Hash32 tooFar = hashAt(chain, 2);
      Hash32 target = hashAt(chain, 3);
      StateReader held = chain.headState();

      org.assertj.core.api.Assertions.assertThatThrownBy(() -> chain.rewindTo(tooFar))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2049 blocks, at most 2048");
      chain.rewindTo(target);

      assertThat(chain.head().number()).isEqualTo(3);
      assertThat(chain.canonicalHash(4)).isNull();
      checkState(chain.headState(), states.get(3), new Random(1), 2000);
      checkState(held, states.getLast(), new Random(1), 2000);
    }
  }

  private static Hash32 hashAt(ChainDb chain, long number) {
    Hash32 hash = chain.canonicalHash(number);
    assertThat(hash).isNotNull();
    return hash;
  }

  private static void checkHead(ChainDb chain, List<Known> canonical) {
    Known head = canonical.getLast();
    assertThat(chain.headHash()).isEqualTo(head.hash);
    assertThat(chain.head()).isEqualTo(head.header);
    assertThat(chain.canonicalHash(head.header.number())).isEqualTo(head.hash);
    assertThat(chain.canonicalHash(head.header.number() + 1)).isNull();
    assertThat(chain.canonicalHeader(head.header.number() + 1)).isNull();
  }

  private static void checkBlock(ChainDb chain, Known known, @Nullable Long fork, Random random)
      throws Exception {
    boolean canonical = fork == null;
    long oldest = chain.oldestState();
    assertThat(chain.headerByHash(known.hash)).isEqualTo(known.header);
    var block = chain.block(known.hash);
    assertThat(block).isNotNull();
    assertThat(block.header()).isEqualTo(known.header);
    assertThat(hashes(block.transactions())).isEqualTo(hashes(known.transactions));
    assertThat(block.withdrawals()).isEmpty();
    assertThat(chain.receipts(known.hash)).isEqualTo(known.receipts);
    if (canonical) {
      assertThat(chain.canonicalHeader(known.header.number())).isEqualTo(known.header);
    }
    for (int i = 0; i < known.transactions.size(); i++) {
      assertThat(chain.transaction(known.transactions.get(i).hash()))
          .isEqualTo(canonical ? new TxLocation(known.hash, known.header.number(), i) : null);
    }
    if (known.header.number() >= oldest && (fork == null || fork >= oldest)) {
      checkState(chain.stateAt(known.hash), known.state, random, 3);
      checkProof(chain, known, random);
    } else {
      assertThat(chain.stateAt(known.hash)).isNull();
      assertThat(chain.proof(known.hash, TestChain.address(0), List.of())).isNull();
    }
  }

  private static List<Hash32> hashes(List<Transaction> transactions) {
    return transactions.stream().map(Transaction::hash).toList();
  }

  private static void checkProof(ChainDb chain, Known known, Random random) throws Exception {
    Address address = TestChain.address(random.nextInt(TestChain.ADDRESSES));
    UInt256 slot = UInt256.of(random.nextInt(TestChain.SLOTS));
    AccountProof proof = chain.proof(known.hash, address, List.of(slot));
    assertThat(proof).isNotNull();

    Bytes account =
        TrieProof.verify(
            known.header.stateRoot(), StateRoots.keyOf(address).toArray(), proof.proof());
    FullAccount expected = known.state.get(address);
    if (expected == null) {
      assertThat(account).isNull();
      return;
    }
    assertThat(account).isNotNull();
    assertThat(StoredAccount.decode(account.toArray(), 0).toState()).isEqualTo(expected.account());
    AccountProof.StorageProof word = proof.storage().getFirst();
    Bytes value =
        TrieProof.verify(proof.storageRoot(), StateRoots.keyOf(slot).toArray(), word.proof());
    assertThat(value == null).isEqualTo(word.value().isZero());
    assertThat(word.value()).isEqualTo(expected.storage().getOrDefault(slot, UInt256.ZERO));
  }

  private static void checkState(
      @Nullable StateReader reader, Map<Address, FullAccount> state, Random random, int probes) {
    assertThat(reader).isNotNull();
    Map<Address, AccountState> seen = new HashMap<>();
    for (int i = 0; i < probes; i++) {
      Address address = TestChain.address(random.nextInt(TestChain.ADDRESSES));
      UInt256 slot = UInt256.of(random.nextInt(TestChain.SLOTS));
      FullAccount expected = state.get(address);
      AccountState account = reader.account(address);
      assertThat(account).isEqualTo(expected == null ? null : expected.account());
      assertThat(reader.storage(address, slot))
          .isEqualTo(
              expected == null
                  ? UInt256.ZERO
                  : expected.storage().getOrDefault(slot, UInt256.ZERO));
      if (account != null && seen.put(address, account) == null) {
        Bytes code = reader.code(account.codeHash());
        assertThat(io.lockstep.primitives.crypto.Keccak.hash(code)).isEqualTo(account.codeHash());
      }
    }
  }
}
