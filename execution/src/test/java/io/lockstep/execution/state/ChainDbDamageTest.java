// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Values that are not what was written. The store's own checksums find flipped bytes; these are
 * wrong values with good checksums, as a bug or a mixed-up backup would leave them.
 */
class ChainDbDamageTest {
  private static final String PREFIX = "l2";
  private static final ChainColumns COLUMNS = ChainColumns.of(PREFIX);
  private static final Address CONTRACT = TestChain.address(1);

  @TempDir Path dir;
  private RocksStore store;

  @BeforeEach
  void begin() {
    store = RocksStore.open(dir, ChainDb.columns(PREFIX));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aTrieNodeThatDoesNotHashToItsKeyIsRefused() {
    ChainDb chain = open();
    Hash32 root = chain.head().stateRoot();
    flip(COLUMNS.trie(), rootId());

    assertThatThrownBy(() -> open().proof(chain.headHash(), CONTRACT, List.of()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(root + " is damaged");
  }

  @Test
  void aNodeUnderTheIdOfAnotherIsRefused() {
    ChainDb chain = open();
    byte[] first = store.get(COLUMNS.trie(), Keys.number(1));
    if (first == null) {
      throw new AssertionError("no first node");
    }
    store.commit(store.newBatch().put(COLUMNS.trie(), rootId(), first), Durability.PROCESS);

    assertThatThrownBy(() -> open().proof(chain.headHash(), CONTRACT, List.of()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("is damaged");
  }

  @Test
  void codeThatDoesNotHashToItsKeyIsRefused() {
    StateReader state = open().headState();
    var contract = state.account(CONTRACT);
    Hash32 codeHash = contract == null ? Hash32.ZERO : contract.codeHash();
    flip(COLUMNS.code(), codeHash.toArray());

    assertThatThrownBy(() -> state.code(codeHash))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("code " + codeHash + " is damaged");
    assertThatThrownBy(() -> state.code(Hash32.ZERO))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void aHeaderThatDoesNotHashToItsKeyIsRefused() {
    Hash32 head = open().headHash();
    flip(COLUMNS.header(), head.toArray());

    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("header " + head + " is damaged");
  }

  @Test
  void aHeadWhoseStateIsMissingIsRefused() {
    open();
    store.commit(store.newBatch().delete(COLUMNS.trie(), rootId()), Durability.PROCESS);

    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("chain l2 is damaged");
  }

  @Test
  void flatValuesAndPlacesOfAnotherFormAreRefused() {
    ChainDb chain = open();
    store.commit(
        store
            .newBatch()
            .put(COLUMNS.account(), TestChain.address(3).toArray(), new byte[] {1, 2})
            .put(
                COLUMNS.storage(),
                Keys.join(TestChain.address(3).toArray(), UInt256.ONE.toArray()),
                new byte[33])
            .put(COLUMNS.tx(), new byte[32], new byte[7]),
        Durability.PROCESS);

    assertThatThrownBy(() -> chain.headState().account(TestChain.address(3)))
        .isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> chain.headState().storage(TestChain.address(3), UInt256.ONE))
        .isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> chain.transaction(Hash32.ZERO)).isInstanceOf(StorageException.class);
  }

  private byte[] rootId() {
    byte[] root = store.get(COLUMNS.root(), Keys.number(0));
    if (root == null) {
      throw new AssertionError("the genesis state has no root");
    }
    return Arrays.copyOfRange(root, 32, 40);
  }

  private ChainDb open() {
    return ChainDb.open(store, PREFIX, TestChain.GENESIS);
  }

  private void flip(Column column, byte[] key) {
    byte[] value = store.get(column, key);
    if (value == null) {
      throw new AssertionError("nothing to damage");
    }
    value[value.length / 2] ^= 1;
    store.commit(store.newBatch().put(column, key, value), Durability.PROCESS);
  }
}
