// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * A writer that is killed with SIGKILL at any moment of its appends, rewinds, pruning and exports
 * must leave a chain that is whole, with the last reported head.
 */
final class ChainKills {
  /** Every so many kills the whole chain is looked at and not only its end. */
  private static final int WHOLE = 12;

  private static final ChainColumns COLUMNS = ChainColumns.of(ChainWriterProcess.PREFIX);

  private ChainKills() {}

  static void run(Path dir, long seed, int kills) throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int kill = 0; kill < kills; kill++) {
      Hash32 reported;
      try (ChainWriterProcess child = ChainWriterProcess.start(dir, seed * 1000 + kill)) {
        child.awaitHeads(1 + random.nextInt(60));
        reported = child.killAndLastReported();
      }

      try (RocksStore store = RocksStore.open(dir, ChainDb.columns(ChainWriterProcess.PREFIX))) {
        ChainDb chain =
            ChainDb.open(
                store, ChainWriterProcess.PREFIX, TestChain.GENESIS, ChainWriterProcess.OPTIONS);
        assertReportedOrNext(chain, reported);
        assertFlatStateIsThatOfTheHead(store, chain);
        if (kill % WHOLE == 0 || kill == kills - 1) {
          assertIndicesAreThoseOfTheChain(store, chain);
        }
        TrieCensus.check(store, COLUMNS, chain);
        while (chain.prune(50)) {}
        assertThat(TrieCensus.check(store, COLUMNS, chain)).isZero();
        long kept = chain.head().number() - chain.oldestState();
        long depth = random.nextLong(kept + 1);
        Hash32 target = chain.canonicalHash(chain.head().number() - depth);
        assertThat(target).isNotNull();
        chain.rewindTo(target);
        assertFlatStateIsThatOfTheHead(store, chain);
      }
    }
  }

  /** The kill may have come after a commit and before its report. */
  private static void assertReportedOrNext(ChainDb chain, Hash32 reported) {
    BlockHeader was = chain.headerByHash(reported);
    assertThat(was).isNotNull();
    boolean same = chain.headHash().equals(reported);
    boolean child = chain.head().parentHash().equals(reported);
    boolean rewound = false;
    Hash32 at = reported;
    for (int i = 0; i < 7; i++) {
      BlockHeader header = chain.headerByHash(at);
      if (header != null) {
        at = header.parentHash();
        rewound |= at.equals(chain.headHash());
      }
    }
    assertThat(same || child || rewound).isTrue();
  }

  private static void assertFlatStateIsThatOfTheHead(RocksStore store, ChainDb chain) {
    Map<Address, Map<UInt256, UInt256>> words = new HashMap<>();
    store.scan(
        COLUMNS.storage(),
        new byte[0],
        (key, value) -> {
          words
              .computeIfAbsent(Address.read(key, 0), a -> new HashMap<>())
              .put(UInt256.read(key, 20), UInt256.ofBigEndian(value));
          return true;
        });
    Map<Address, FullAccount> accounts = new HashMap<>();
    store.scan(
        COLUMNS.account(),
        new byte[0],
        (key, value) -> {
          Address address = Address.of(key);
          Map<UInt256, UInt256> own = words.remove(address);
          AccountState account = decode(value).toState();
          accounts.put(address, new FullAccount(account, own == null ? Map.of() : own));
          return true;
        });
    assertThat(words).isEmpty();
    assertThat(StateRoots.of(accounts)).isEqualTo(chain.head().stateRoot());
  }

  private static StoredAccount decode(byte[] rlp) {
    try {
      return StoredAccount.ofFlat(rlp);
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertIndicesAreThoseOfTheChain(RocksStore store, ChainDb chain) {
    Map<Hash32, TxLocation> transactions = new HashMap<>();
    Hash32 hash = chain.headHash();
    for (long number = chain.head().number(); number >= 0; number--) {
      assertThat(chain.canonicalHash(number)).isEqualTo(hash);
      Block block = chain.block(hash);
      assertThat(block).isNotNull();
      assertThat(block.header().number()).isEqualTo(number);
      assertThat(chain.receipts(hash)).hasSameSizeAs(block.transactions());
      for (int i = 0; i < block.transactions().size(); i++) {
        transactions.put(block.transactions().get(i).hash(), new TxLocation(hash, number, i));
      }
      hash = block.header().parentHash();
    }
    long[] numbers = {0};
    store.scan(COLUMNS.number(), new byte[0], (key, value) -> numbers[0]++ >= 0);
    assertThat(numbers[0]).isEqualTo(chain.head().number() + 1);
    store.scan(
        COLUMNS.undo(),
        new byte[0],
        (key, value) -> {
          assertThat(Keys.number(key, 0)).isBetween(1L, chain.head().number());
          return true;
        });
    Map<Hash32, TxLocation> indexed = new HashMap<>();
    store.scan(
        COLUMNS.tx(),
        new byte[0],
        (key, value) -> {
          TxLocation location = chain.transaction(Hash32.of(key));
          assertThat(location).isNotNull();
          indexed.put(Hash32.of(key), location);
          return true;
        });
    assertThat(indexed).isEqualTo(transactions);
  }
}
