// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.execution.state.FlatState.Word;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Begins a chain with the state of a later block instead of the genesis state. The trie is made
 * anew from what comes in, a bounded part at a time, and must have the root that the block's header
 * says. Until {@link #finish} the store holds no chain. One thread.
 */
public final class StateImport implements StateVisitor {
  /** Accounts and words that are hashed and written together. */
  private static final int PART = 20_000;

  private static final long TRIE_CACHE_BYTES = 64L << 20;

  private final KeyValueStore store;
  private final ChainColumns columns;
  private final BlockHeader genesisHeader;
  private final TrieNodes nodes;
  private final FlatState flat;
  private final ChainBlocks blocks;
  private Ref root = Ref.EMPTY;
  private long nextNode = ChainHistory.FIRST_NODE;

  private final Map<Address, AccountChange> part = new LinkedHashMap<>();
  private int partSize;
  private @Nullable Address current;
  private AccountState currentState = AccountState.EMPTY;
  private Map<UInt256, UInt256> currentWords = new HashMap<>();
  // The account that a part ended in the middle of, as it was written.
  private @Nullable Address cutAddress;
  private @Nullable StoredAccount cutAccount;

  private final int partLimit;

  private StateImport(KeyValueStore store, String prefix, Genesis genesis, int partLimit) {
    this.partLimit = partLimit;
    this.store = store;
    this.columns = ChainColumns.of(prefix);
    this.genesisHeader = ChainDb.allocate(genesis).header();
    this.nodes = new TrieNodes(store, columns.trie(), TRIE_CACHE_BYTES);
    this.flat = new FlatState(store, columns, new ChainCaches(0, 0, 0, 0, 0));
    this.blocks = new ChainBlocks(store, columns, 0);
  }

  /**
   * Begins.
   *
   * @param store has the columns of the prefix, with nothing in them
   */
  public static StateImport begin(KeyValueStore store, String prefix, Genesis genesis) {
    return begin(store, prefix, genesis, PART);
  }

  static StateImport begin(KeyValueStore store, String prefix, Genesis genesis, int partLimit) {
    StateImport begun = new StateImport(store, prefix, genesis, partLimit);
    if (store.get(begun.columns.meta(), ChainDb.GENESIS) != null) {
      throw new IllegalStateException("the store has a chain " + prefix + " already");
    }
    return begun;
  }

  /** The block that the chain begins with. */
  public BlockHeader genesisHeader() {
    return genesisHeader;
  }

  @Override
  public void code(Bytes code) {
    store.commit(
        store.newBatch().put(columns.code(), Keccak.hash(code).toArray(), code.toArray()),
        Durability.PROCESS);
  }

  @Override
  public void account(Address address, AccountState account) throws IOException {
    endAccount();
    Hash32 codeHash = account.codeHash();
    if (!codeHash.equals(Keccak.EMPTY) && store.get(columns.code(), codeHash.toArray()) == null) {
      throw new IOException("the code %s of account %s did not come".formatted(codeHash, address));
    }
    current = address;
    currentState = account;
    count();
  }

  @Override
  public void word(UInt256 slot, UInt256 value) {
    if (current == null) {
      throw new IllegalStateException("a word before the first account");
    }
    currentWords.put(slot, value);
    count();
  }

  private void count() {
    if (++partSize >= partLimit) {
      Address open = current;
      endAccount();
      writePart(open);
      // More words may follow.
      current = open;
    }
  }

  private void endAccount() {
    if (current != null) {
      part.put(current, new AccountChange(currentState, false, currentWords));
      current = null;
      currentWords = new HashMap<>();
    }
  }

  /** Accounts come one after another: none but one that was cut in two was there before. */
  private @Nullable StoredAccount cutAccount(Address address) {
    return address.equals(cutAddress) ? cutAccount : null;
  }

  private void writePart(@Nullable Address open) {
    PreparedRoot made =
        new StateTrie(nodes, root)
            .prepare(Hash32.ZERO, new StateDiff(part, Map.of()), this::cutAccount, nextNode);
    Map<Word, UInt256> words = new HashMap<>();
    part.forEach((address, change) ->
        change.storage().forEach((slot, value) -> words.put(new Word(address, slot), value)));
    KeyValueStore.Batch batch = store.newBatch();
    nodes.write(batch, made);
    made.replaced().forEach(ref -> nodes.delete(batch, ref.id()));
    flat.write(batch, made.accounts(), words);
    store.commit(batch, Durability.PROCESS);
    nodes.moveOn(made);

    root = made.root();
    nextNode = made.endId();
    cutAddress = open;
    cutAccount = open == null ? null : made.accounts().get(open);
    part.clear();
    partSize = 0;
  }

  /**
   * Makes the block whose state came in the head of the chain, and the named ones.
   *
   * @param ancestors headers below the block, highest first, for BLOCKHASH
   * @param marks names that the block gets, as in {@link ChainDb#setMark}
   * @throws DecodeException when state, block and ancestors do not belong together
   */
  public void finish(
      Block block, List<Receipt> receipts, List<BlockHeader> ancestors, List<String> marks)
      throws DecodeException {
    endAccount();
    writePart(null);
    BlockHeader header = block.header();
    if (!root.hash().equals(header.stateRoot())) {
      throw new DecodeException(
          "the state has the root %s, block %d says %s"
              .formatted(root.hash(), header.number(), header.stateRoot()));
    }
    check(block, receipts);

    BlockHeader first = genesisHeader;
    KeyValueStore.Batch batch = store.newBatch();
    blocks.write(batch, first.hash(), ChainDb.genesisBlock(first), List.of());
    writeAncestors(batch, header, ancestors, first);

    Hash32 hash = header.hash();
    blocks.write(batch, hash, block, receipts);
    ChainHistory history = new ChainHistory(store, columns, nodes, header.number());
    history.writeStart(batch, header.number(), hash, root, nextNode);
    marks.forEach(mark -> batch.put(columns.meta(), ChainDb.markKey(mark), hash.toArray()));
    batch.put(columns.meta(), ChainDb.GENESIS, first.hash().toArray());
    batch.put(columns.meta(), ChainDb.HEAD, hash.toArray());
    store.commit(batch, Durability.FSYNC);
  }

  private void writeAncestors(
      KeyValueStore.Batch batch, BlockHeader block, List<BlockHeader> ancestors, BlockHeader first)
      throws DecodeException {
    BlockHeader above = block;
    for (BlockHeader header : ancestors) {
      Hash32 hash = header.hash();
      boolean follows = above.parentHash().equals(hash) && above.number() == header.number() + 1;
      if (!follows || (header.number() == first.number() && !header.equals(first))) {
        throw new DecodeException(
            "header %d %s is not the parent of the block above".formatted(header.number(), hash));
      }
      blocks.writeHeader(batch, hash, header);
      above = header;
    }
  }

  private static void check(Block block, List<Receipt> receipts) throws DecodeException {
    BlockHeader header = block.header();
    if (!header.transactionsRoot().equals(BlockRules.transactionsRoot(block.transactions()))
        || !header.receiptsRoot().equals(BlockRules.receiptsRoot(receipts))) {
      throw new DecodeException(
          "the transactions or receipts are not those of block " + header.number());
    }
  }
}
