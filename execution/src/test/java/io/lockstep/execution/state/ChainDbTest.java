// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.TrieProof;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainDbTest {
  private static final String PREFIX = "l1";
  private static final Address ALICE = TestChain.address(0);

  @TempDir Path dir;
  private RocksStore store;
  private ChainDb chain;
  private final TestChain maker = new TestChain(new Random(9));

  @BeforeEach
  void open() {
    List<Column> columns = new ArrayList<>(ChainDb.columns(PREFIX));
    columns.addAll(ChainDb.columns("other"));
    store = RocksStore.open(dir, columns);
    chain = ChainDb.open(store, PREFIX, TestChain.GENESIS);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void beginsWithTheGenesisBlockAndItsState() {
    assertThat(chain.head()).isEqualTo(chain.genesisHeader());
    assertThat(chain.canonicalHash(0)).isEqualTo(chain.headHash());
    assertThat(chain.block(chain.headHash())).isEqualTo(Block.of(chain.genesisHeader(), List.of()));
    assertThat(chain.receipts(chain.headHash())).isEmpty();
    StateReader state = chain.headState();
    AccountState contract = state.account(TestChain.address(1));
    assertThat(contract).isNotNull();
    assertThat(contract.hasStorage()).isTrue();
    assertThat(contract.nonce()).isEqualTo(1);
    assertThat(state.code(contract.codeHash())).isEqualTo(Bytes.of(0x60, 1));
    assertThat(state.storage(TestChain.address(1), UInt256.ONE)).isEqualTo(UInt256.of(2));
    assertThat(state.account(TestChain.address(5))).isNull();
  }

  @Test
  void refusesAnotherGenesisByName() {
    Genesis other =
        TestChain.genesis(TestChain.GENESIS.json().toString().replace("\"0x65\"", "\"0x66\""));

    assertThatThrownBy(() -> ChainDb.open(store, PREFIX, other))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(PREFIX)
        .hasMessageContaining(chain.headHash().toHex());
  }

  @Test
  void chainsWithDifferentPrefixesDoNotSeeEachOther() {
    ChainDb other = ChainDb.open(store, "other", TestChain.GENESIS);
    append(credit(ALICE, 1));

    assertThat(other.head().number()).isZero();
    assertThat(balance(other.headState(), ALICE)).isEqualTo(100);
    assertThat(balance(chain.headState(), ALICE)).isEqualTo(1);
  }

  @Test
  void refusesABlockThatDoesNotStandOnTheHeadOrHasAnotherRoot() {
    StateDiff diff = credit(ALICE, 5);
    ExecutedBlock executed = maker.executed(chain.head(), chain.headHash(), diff);
    PreparedRoot root = chain.prepare(diff);
    BlockHeader good = TestChain.header(executed, root.stateRoot());
    BlockHeader wrongRoot = TestChain.header(executed, Hash32.ZERO);

    assertThatThrownBy(() -> chain.append(wrongRoot, executed, root, Durability.PROCESS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("state root");
    chain.append(good, executed, root, Durability.PROCESS);
    assertThatThrownBy(() -> chain.append(good, executed, root, Durability.PROCESS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not follow the head");

    ExecutedBlock next = maker.executed(chain.head(), chain.headHash(), diff);
    assertThatThrownBy(() ->
            chain.append(TestChain.header(next, root.stateRoot()), next, root, Durability.PROCESS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("prepared was");
  }

  @Test
  void preparingWritesNothing() {
    Hash32 before = chain.head().stateRoot();
    Hash32 prepared = chain.prepare(credit(ALICE, 5)).stateRoot();

    assertThat(prepared).isNotEqualTo(before);
    assertThat(chain.head().stateRoot()).isEqualTo(before);
    assertThat(balance(chain.headState(), ALICE)).isEqualTo(100);
    assertThat(chain.prepare(StateDiff.EMPTY).stateRoot()).isEqualTo(before);
  }

  @Test
  void expectedAccountsAreReadAtOnceAndNoMoreAfterwards() {
    append(credit(ALICE, 5));
    ChainDb reopened = ChainDb.open(store, PREFIX, TestChain.GENESIS);
    StateReader state = reopened.headState();
    Address nobody = TestChain.address(5);
    List<Address> all = new ArrayList<>(List.of(nobody, ALICE, TestChain.address(1)));
    for (int i = 100; i < 2_000; i++) {
      all.add(TestChain.address(i));
    }

    state.expect(all);

    // What is not in the store any more can only be known from before.
    Column accounts = ChainColumns.of(PREFIX).account();
    store.commit(
        store.newBatch().deleteRange(accounts, new byte[20], new byte[] {(byte) 0xff}),
        Durability.PROCESS);
    assertThat(balance(state, ALICE)).isEqualTo(5);
    assertThat(state.account(TestChain.address(1))).isNotNull();
    assertThat(state.account(nobody)).isNull();
  }

  @Test
  void anOldStateReadsNothingAhead() {
    StateReader old = chain.headState();
    append(credit(ALICE, 5));

    old.expect(List.of(ALICE));

    assertThat(balance(old, ALICE)).isEqualTo(100);
    assertThat(balance(chain.headState(), ALICE)).isEqualTo(5);
  }

  @Test
  void statesThatAreHeldStayAsTheyWereWhileTheHeadMovesAndRewinds() {
    StateReader atGenesis = chain.headState();
    Hash32 genesis = chain.headHash();
    append(credit(ALICE, 1));
    StateReader atOne = chain.headState();
    Hash32 one = chain.headHash();
    append(credit(ALICE, 2));

    assertThat(balance(atGenesis, ALICE)).isEqualTo(100);
    assertThat(balance(atOne, ALICE)).isEqualTo(1);
    StateReader atTwo = chain.headState();
    chain.rewindTo(genesis);
    append(credit(ALICE, 3));

    assertThat(balance(atGenesis, ALICE)).isEqualTo(100);
    assertThat(balance(atOne, ALICE)).isEqualTo(1);
    assertThat(balance(atTwo, ALICE)).isEqualTo(2);
    assertThat(balance(chain.headState(), ALICE)).isEqualTo(3);
    StateReader left = chain.stateAt(one);
    assertThat(left).isNotNull();
    assertThat(balance(left, ALICE)).isEqualTo(1);
    assertThat(chain.stateAt(Hash32.ZERO)).isNull();
  }

  @Test
  void readersOnOtherThreadsNeverSeeAMixOfTwoBlocks() throws Exception {
    // Every block gives two accounts the same balance; no reader may find them different.
    Address bob = TestChain.address(7);
    append(credit(Map.of(ALICE, 0L, bob, 0L)));
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<String> fault = new AtomicReference<>();
    List<Thread> readers = new ArrayList<>();
    for (int t = 0; t < 2; t++) {
      readers.add(
          Thread.ofPlatform()
              .start(() -> {
                while (!done.get()) {
                  StateReader state = chain.headState();
                  for (int i = 0; i < 20; i++) {
                    long a = balance(state, ALICE);
                    long b = balance(state, bob);
                    if (a != b) {
                      fault.compareAndSet(null, a + " and " + b);
                    }
                  }
                }
              }));
    }
    for (long i = 1; i < 600; i++) {
      append(credit(Map.of(ALICE, i, bob, i)));
      if (i % 50 == 0) {
        Hash32 back = chain.canonicalHash(chain.head().number() - 10);
        assertThat(back).isNotNull();
        chain.rewindTo(back);
      }
    }
    done.set(true);
    for (Thread reader : readers) {
      reader.join();
    }

    assertThat(fault.get()).isNull();
  }

  @Test
  void givesTheHashesOfAncestorsOfItsOwnBranch() {
    Hash32 genesis = chain.headHash();
    List<Hash32> hashes = new ArrayList<>(List.of(genesis));
    for (int i = 1; i <= 300; i++) {
      append(credit(ALICE, i));
      hashes.add(chain.headHash());
    }
    LongFunction<Hash32> onHead = chain.ancestorHashes();
    LongFunction<Hash32> onTen = chain.ancestorHashes(hashes.get(10));
    Hash32 at290 = hashes.get(290);
    chain.rewindTo(at290);
    append(credit(ALICE, 77));

    assertThat(onHead.apply(300)).isEqualTo(hashes.get(300));
    assertThat(onHead.apply(45)).isEqualTo(hashes.get(45));
    assertThat(onHead.apply(44)).isEqualTo(Hash32.ZERO);
    assertThat(onHead.apply(301)).isEqualTo(Hash32.ZERO);
    assertThat(onHead.apply(-1)).isEqualTo(Hash32.ZERO);
    assertThat(onTen.apply(10)).isEqualTo(hashes.get(10));
    assertThat(onTen.apply(0)).isEqualTo(genesis);
    assertThat(chain.ancestorHashes().apply(291)).isEqualTo(chain.headHash());
    assertThatThrownBy(() -> chain.ancestorHashes(Hash32.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsMarksOverARestart() {
    assertThat(chain.mark("safe")).isNull();
    chain.setMark("safe", chain.headHash());
    chain.setMark("finalized", Hash32.ZERO);
    store.close();
    open();

    assertThat(chain.mark("safe")).isEqualTo(chain.headHash());
    assertThat(chain.mark("finalized")).isEqualTo(Hash32.ZERO);
  }

  @Test
  void keepsWithdrawalsOfAWholeBlock() {
    StateDiff diff = credit(ALICE, 5);
    ExecutedBlock executed = maker.executed(chain.head(), chain.headHash(), diff);
    PreparedRoot root = chain.prepare(diff);
    BlockHeader header = TestChain.header(executed, root.stateRoot());
    Block block =
        new Block(
            header,
            executed.transactions(),
            List.of(),
            List.of(new Withdrawal(1, 2, ALICE, 3), new Withdrawal(-1, 2, ALICE, 0)));

    chain.append(block, executed.receipts(), root, Durability.PROCESS);

    Block read = chain.block(header.hash());
    assertThat(read).isNotNull();
    assertThat(read.withdrawals()).isEqualTo(block.withdrawals());
    assertThat(read.encoded()).isEqualTo(block.encoded());
  }

  @Test
  void rewindsOnlyToCanonicalBlocks() {
    Hash32 genesis = chain.headHash();
    append(credit(ALICE, 1));
    Hash32 left = chain.headHash();
    chain.rewindTo(genesis);
    chain.rewindTo(genesis);

    assertThat(chain.headHash()).isEqualTo(genesis);
    assertThatThrownBy(() -> chain.rewindTo(left)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> chain.rewindTo(Hash32.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void provesThatAnAccountIsNotThere() throws Exception {
    Address nobody = TestChain.address(900);
    AccountProof proof = chain.proof(chain.headHash(), nobody, List.of(UInt256.ONE));

    assertThat(proof).isNotNull();
    assertThat(proof.codeHash()).isEqualTo(Keccak.EMPTY);
    assertThat(proof.storage().getFirst().proof()).isEmpty();
    assertThat(
            TrieProof.verify(
                chain.head().stateRoot(), StateRoots.keyOf(nobody).toArray(), proof.proof()))
        .isNull();
    assertThat(chain.proof(Hash32.ZERO, nobody, List.of())).isNull();
    assertThatThrownBy(() ->
            chain.proof(chain.headHash(), nobody, java.util.Collections.nCopies(1025, UInt256.ONE)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void append(StateDiff diff) {
    ExecutedBlock executed = maker.executed(chain.head(), chain.headHash(), diff);
    PreparedRoot root = chain.prepare(diff);
    chain.append(TestChain.header(executed, root.stateRoot()), executed, root, Durability.PROCESS);
  }

  private static StateDiff credit(Address address, long wei) {
    return credit(Map.of(address, wei));
  }

  private static StateDiff credit(Map<Address, Long> balances) {
    Map<Address, AccountChange> accounts = new java.util.HashMap<>();
    balances.forEach((address, wei) ->
        accounts.put(
            address,
            new AccountChange(
                new AccountState(0, UInt256.of(wei), Keccak.EMPTY, false), false, Map.of())));
    return new StateDiff(accounts, Map.of());
  }

  private static long balance(StateReader state, Address address) {
    AccountState account = state.account(address);
    return account == null ? -1 : account.balance().toLongSaturated();
  }
}
