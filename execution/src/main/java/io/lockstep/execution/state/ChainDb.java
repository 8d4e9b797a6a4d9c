// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.parallel.Parallel;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.StorageException;
import java.io.IOException;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One chain's blocks and state in a store, under a prefix of column names. Each change of the head
 * is one atomic batch with the head pointer in it, so that the chain is whole whenever the process
 * dies.
 *
 * <p>At the head the state lies flat; beside it lie the trie's nodes, by which the states of the
 * last {@link ChainOptions#historyBlocks} blocks can be read and proved; {@link #prune} deletes
 * what no kept state needs. For the last {@value #UNDO_BLOCKS} blocks what they changed is kept,
 * and a rewind over them puts the old values back without executing anything.
 *
 * <p>Reads from any thread. One thread writes ({@link #prepare}, {@link #append}, {@link
 * #rewindTo}, {@link #setMark}); they exclude each other. One more may prune beside it. The store
 * is not closed with the chain: it may hold others.
 */
public final class ChainDb implements AutoCloseable {
  /**
   * What undoes a block is kept so long: a rewind reaches this far as long as the history does, and
   * an export of a block that is not yet final as long as L1 finalizes as it should.
   */
  public static final int UNDO_BLOCKS = 2_048;

  /** The history unless it is configured. */
  public static final int HISTORY_BLOCKS = 1_024;

  /** Most storage words in one proof. */
  public static final int PROOF_LIMIT_SLOTS = 1_024;

  /** Ids of nodes that are only hashed begin here: no stored one comes near. */
  private static final long UNWRITTEN_NODE = 1L << 62;

  static final byte[] HEAD = "head".getBytes(US_ASCII);
  static final byte[] GENESIS = "genesis".getBytes(US_ASCII);

  private final KeyValueStore store;
  private final ChainColumns columns;
  private final TrieNodes nodes;
  private final CodeStore codes;
  private final FlatState flat;
  private final ChainHistory history;
  private final long historyBlocks;
  private final ChainBlocks blocks;
  private final BlockHeader genesisHeader;
  private volatile Head head;

  /** What readers see of the head, replaced as a whole. */
  private record Head(BlockHeader header, Hash32 hash, Ref root, StateReader state) {}

  /** A block that becomes the head. */
  private record At(BlockHeader header, Hash32 hash, Ref root) {}

  private ChainDb(KeyValueStore store, String prefix, Genesis genesis, ChainOptions options) {
    ChainCaches caches = options.caches();
    this.store = store;
    this.columns = ChainColumns.of(prefix);
    this.nodes = new TrieNodes(store, columns.trie(), caches.trieBytes());
    this.codes = new CodeStore(store, columns.code(), caches.codeBytes());
    this.flat = new FlatState(store, columns, caches);
    this.blocks = new ChainBlocks(store, columns, caches.headers());

    Allocated allocated = allocate(genesis);
    this.genesisHeader = allocated.header;
    this.history = new ChainHistory(store, columns, nodes, genesisHeader.number());
    this.historyBlocks = options.historyBlocks();
    Hash32 genesisHash = genesisHeader.hash();
    byte[] known = store.get(columns.meta(), GENESIS);
    if (known == null) {
      writeGenesis(genesisHash, allocated.state);
    } else if (!genesisHash.equals(Hash32.of(known))) {
      throw new StorageException(
          "chain "
              + prefix
              + " was made from the genesis block "
              + Hash32.of(known)
              + ", not from the given "
              + genesisHash);
    }
    this.head = loadHead(prefix);
  }

  /** The columns that the store of a chain with this prefix must be opened with. */
  public static List<Column> columns(String prefix) {
    return ChainColumns.of(prefix).all();
  }

  /** Whether a chain was begun under this prefix. */
  public static boolean isBegun(KeyValueStore store, String prefix) {
    return store.get(ChainColumns.of(prefix).meta(), GENESIS) != null;
  }

  /**
   * Opens the chain, or begins it with the genesis block.
   *
   * @throws StorageException when the store holds another chain under this prefix, or damage
   */
  public static ChainDb open(KeyValueStore store, String prefix, Genesis genesis) {
    return open(store, prefix, genesis, ChainOptions.DEFAULT);
  }

  /** As {@link #open(KeyValueStore, String, Genesis)} with another history or other caches. */
  public static ChainDb open(
      KeyValueStore store, String prefix, Genesis genesis, ChainOptions options) {
    return new ChainDb(store, prefix, genesis, options);
  }

  public BlockHeader head() {
    return head.header;
  }

  public Hash32 headHash() {
    return head.hash;
  }

  public BlockHeader genesisHeader() {
    return genesisHeader;
  }

  public @Nullable BlockHeader headerByHash(Hash32 hash) {
    return blocks.header(hash);
  }

  public @Nullable Hash32 canonicalHash(long number) {
    return blocks.canonicalHash(number);
  }

  public @Nullable BlockHeader canonicalHeader(long number) {
    Hash32 hash = blocks.canonicalHash(number);
    return hash == null ? null : blocks.header(hash);
  }

  /** The block with this hash, canonical or left behind by a rewind. */
  public @Nullable Block block(Hash32 hash) {
    return blocks.block(hash);
  }

  public @Nullable List<Receipt> receipts(Hash32 blockHash) {
    return blocks.receipts(blockHash);
  }

  /** Where a transaction of the canonical chain stands; null for any other. */
  public @Nullable TxLocation transaction(Hash32 txHash) {
    return blocks.transaction(txHash);
  }

  /** The state at the head; it stays that of this block when the head moves on. */
  public StateReader headState() {
    return head.state;
  }

  /**
   * The state after a block, in the chain or left behind by a rewind; null when it is not kept: the
   * block is not known, it is older than the history, or it left the chain below it. A reader that
   * is held for longer than its state gets a {@link StatePrunedException}.
   */
  public @Nullable StateReader stateAt(Hash32 blockHash) {
    Head now = head;
    if (blockHash.equals(now.hash)) {
      return now.state;
    }
    BlockHeader header = blocks.header(blockHash);
    Ref root = header == null ? null : history.rootOf(blockHash, header);
    return header == null || root == null
        ? null
        : new TrieState(trie(blockHash, header, root), codes);
  }

  /** How many trie nodes are cached, for measurements. */
  long cachedNodes() {
    return nodes.cachedNodes();
  }

  /** How many states below the head are kept; {@link ChainOptions#ARCHIVE} for all. */
  public long historyBlocks() {
    return historyBlocks;
  }

  /** The number of the lowest block whose state is kept. */
  public long oldestState() {
    return history.floor();
  }

  /**
   * Merkle proofs of an account and of some of its storage after a block; null as {@link #stateAt}
   * says.
   *
   * @throws IllegalArgumentException on more than {@value #PROOF_LIMIT_SLOTS} slots
   */
  public @Nullable AccountProof proof(Hash32 blockHash, Address address, List<UInt256> slots) {
    if (slots.size() > PROOF_LIMIT_SLOTS) {
      throw new IllegalArgumentException(
          "proofs of " + slots.size() + " slots asked for, limit " + PROOF_LIMIT_SLOTS);
    }
    BlockHeader header = blocks.header(blockHash);
    Ref root = header == null ? null : history.rootOf(blockHash, header);
    return header == null || root == null
        ? null
        : trie(blockHash, header, root).prove(address, slots);
  }

  /**
   * The root of the state that a diff makes of a block's; nothing is written. Null as {@link
   * #stateAt} says.
   */
  public @Nullable Hash32 rootAfter(Hash32 blockHash, StateDiff diff) {
    BlockHeader header = blocks.header(blockHash);
    Ref root = header == null ? null : history.rootOf(blockHash, header);
    if (header == null || root == null) {
      return null;
    }
    StateTrie trie = trie(blockHash, header, root);
    return trie.prepare(blockHash, diff, trie.before(), UNWRITTEN_NODE).stateRoot();
  }

  /**
   * Tells the whole state after a block: the head or one at most {@value #UNDO_BLOCKS} below it, in
   * the history or not. Appends wait meanwhile.
   *
   * @throws IllegalArgumentException when the block is none of these
   */
  public synchronized void exportState(Hash32 blockHash, StateVisitor visitor) throws IOException {
    BlockHeader header = blocks.header(blockHash);
    if (header == null || !blocks.isCanonical(blockHash, header)) {
      throw new IllegalArgumentException("block " + blockHash + " is not in the chain");
    }
    long depth = head.header.number() - header.number();
    if (depth > UNDO_BLOCKS) {
      throw new IllegalArgumentException(
          "block %d is %d blocks below the head, the limit is %d"
              .formatted(header.number(), depth, UNDO_BLOCKS));
    }
    StateChanges back = new StateChanges();
    for (long number = head.header.number(); number > header.number(); number--) {
      back.addAll(history.undo(number));
    }
    new StateExport(store, columns, back).tell(visitor);
  }

  /** For BLOCKHASH in a block on top of the head: by number, zero beyond 256 blocks. */
  public LongFunction<Hash32> ancestorHashes() {
    Head now = head;
    return new AncestorHashes(blocks::header, now.header.number(), now.hash);
  }

  /**
   * For BLOCKHASH in a block on top of the given one.
   *
   * @throws IllegalArgumentException when it is not known
   */
  public LongFunction<Hash32> ancestorHashes(Hash32 parentHash) {
    BlockHeader parent = blocks.header(parentHash);
    if (parent == null) {
      throw new IllegalArgumentException("block " + parentHash + " is not known");
    }
    return new AncestorHashes(blocks::header, parent.number(), parentHash);
  }

  /** The block that was given this name, {@code safe} or {@code finalized} for instance. */
  public @Nullable Hash32 mark(String name) {
    byte[] hash = store.get(columns.meta(), markKey(name));
    return hash == null ? null : Hash32.of(hash);
  }

  /** Names a block; the caller moves the name when a rewind leaves the block behind. */
  public synchronized void setMark(String name, Hash32 hash) {
    store.commit(
        store.newBatch().put(columns.meta(), markKey(name), hash.toArray()), Durability.PROCESS);
  }

  /** Hashes the state that {@code diff} makes of the head's; writes nothing. */
  public synchronized PreparedRoot prepare(StateDiff diff) {
    Head now = head;
    return new StateTrie(nodes, now.root).prepare(now.hash, diff, flat, history.nextNode());
  }

  /**
   * Writes a block without ommers and makes it the head; see {@link #append(Block, List,
   * PreparedRoot, Durability)}.
   */
  public void append(
      BlockHeader header, ExecutedBlock executed, PreparedRoot root, Durability durability) {
    if (!header.ommersHash().equals(Keccak.EMPTY_LIST)) {
      throw new IllegalArgumentException("a block with ommers is appended as a whole block");
    }
    Block block = new Block(header, executed.transactions(), List.of(), executed.withdrawals());
    append(block, executed.receipts(), root, durability);
  }

  /**
   * Writes a block with all that came of it and makes it the head, in one atomic batch.
   *
   * @throws IllegalStateException when it does not stand on the head, or {@code prepared} is not
   *     that of its state
   */
  public synchronized void append(
      Block block, List<Receipt> receipts, PreparedRoot prepared, Durability durability) {
    Head parent = head;
    BlockHeader header = block.header();
    if (!header.parentHash().equals(parent.hash) || header.number() != parent.header.number() + 1) {
      throw new IllegalStateException(
          "block %d on %s does not follow the head %d %s"
              .formatted(
                  header.number(), header.parentHash(), parent.header.number(), parent.hash));
    }
    if (!prepared.parentHash().equals(parent.hash)
        || !prepared.stateRoot().equals(header.stateRoot())) {
      throw new IllegalStateException(
          "block %d has the state root %s, prepared was %s on %s"
              .formatted(
                  header.number(),
                  header.stateRoot(),
                  prepared.stateRoot(),
                  prepared.parentHash()));
    }
    if ((header.withdrawalsRoot() == null) != (block.withdrawals() == null)) {
      throw new IllegalStateException(
          "block %d has withdrawals without their root or the reverse".formatted(header.number()));
    }
    if (block.transactions().size() != receipts.size()) {
      throw new IllegalStateException(
          "%d receipts for %d transactions"
              .formatted(receipts.size(), block.transactions().size()));
    }

    // Prepared before a rewind that came back to this parent: the ids are taken meanwhile.
    PreparedRoot root =
        prepared.firstId() == history.nextNode() ? prepared : prepare(prepared.diff());
    Hash32 hash = header.hash();
    StateChanges.Both changes = root.changes().withClearedWords(flat);
    KeyValueStore.Batch batch = store.newBatch();
    writeState(batch, root, changes.forward());
    blocks.write(batch, hash, block, receipts);
    history.write(batch, header, hash, root, changes.undo());
    batch.put(columns.meta(), HEAD, hash.toArray());

    // Nobody asks for the new nodes before the head has moved, so they may be cached meanwhile.
    Parallel.both(
        root.nodes().size() >= TrieSeal.LARGE_NODES,
        () -> moveHead(batch, durability, new At(header, hash, root.root()), changes.forward()),
        () -> nodes.moveOn(root));
    history.written(root.endId());
  }

  /**
   * Makes an earlier canonical block the head again and puts its state back. The transactions of
   * the blocks above leave the index; those blocks stay readable by their hashes.
   *
   * @throws IllegalArgumentException when the block is not canonical, or is more than {@value
   *     #UNDO_BLOCKS} below the head or older than the history
   */
  public synchronized void rewindTo(Hash32 ancestorHash) {
    Head from = head;
    BlockHeader ancestor = blocks.header(ancestorHash);
    if (ancestor == null || !blocks.isCanonical(ancestorHash, ancestor)) {
      throw new IllegalArgumentException("block " + ancestorHash + " is not in the chain");
    }
    long depth = from.header.number() - ancestor.number();
    if (depth > UNDO_BLOCKS) {
      throw new IllegalArgumentException(
          "a rewind of " + depth + " blocks, at most " + UNDO_BLOCKS + " can be undone");
    }
    Ref root = history.rootOf(ancestorHash, ancestor);
    if (root == null) {
      throw new IllegalArgumentException(
          "a rewind to block %d, whose state is not kept; the oldest is that of block %d"
              .formatted(ancestor.number(), history.floor()));
    }
    if (depth == 0) {
      return;
    }

    StateChanges back = new StateChanges();
    KeyValueStore.Batch batch = store.newBatch();
    history.lowerOrphans(batch, ancestor.number());
    // From the head down: what an earlier block found is what counts.
    for (long number = from.header.number(); number > ancestor.number(); number--) {
      back.addAll(history.giveUp(batch, number, ancestor.number()));
      Hash32 hash = blocks.canonicalHash(number);
      if (hash == null) {
        throw new StorageException("the canonical block " + number + " is missing");
      }
      blocks.unlink(batch, hash, number);
    }
    flat.write(batch, back.accounts(), back.words());
    batch.put(columns.meta(), HEAD, ancestorHash.toArray());
    moveHead(batch, Durability.PROCESS, new At(ancestor, ancestorHash, root), back);
  }

  /**
   * One short step of giving up the states below the history, on a thread of its own beside the
   * writer, which waits for a small part of it at most. It may stop, or the process end, at any
   * point.
   *
   * @param limitNodes about how many trie nodes to delete at most
   * @return whether more is due
   */
  public boolean prune(int limitNodes) {
    synchronized (this) {
      history.raiseFloor(wantedFloor());
    }
    boolean more = history.sweep(limitNodes);
    return more || history.floor() < wantedFloor();
  }

  private long wantedFloor() {
    return historyBlocks == ChainOptions.ARCHIVE ? 0 : head.header.number() - historyBlocks;
  }

  /** Does nothing to the store, which its owner closes. */
  @Override
  public void close() {}

  private void moveHead(
      KeyValueStore.Batch batch, Durability durability, At at, StateChanges changes) {
    // From here on holders of the old head's state read its trie.
    long generation = flat.endGeneration();
    store.commit(batch, durability);
    flat.changed(changes.accounts(), changes.words());
    blocks.remember(at.hash, at.header);
    head = head(at, generation);
  }

  private void writeState(KeyValueStore.Batch batch, PreparedRoot root, StateChanges changes) {
    nodes.write(batch, root);
    root.diff()
        .newCode()
        .forEach((hash, code) -> batch.put(columns.code(), hash.toArray(), code.unsafeArray()));
    flat.write(batch, changes.accounts(), changes.words());
  }

  private void writeGenesis(Hash32 hash, PreparedRoot allocated) {
    KeyValueStore.Batch batch = store.newBatch();
    StateChanges changes = allocated.changes().forward();
    writeState(batch, allocated, changes);
    blocks.write(batch, hash, genesisBlock(genesisHeader), List.of());
    history.writeStart(batch, genesisHeader.number(), hash, allocated.root(), allocated.endId());
    batch.put(columns.meta(), GENESIS, hash.toArray());
    batch.put(columns.meta(), HEAD, hash.toArray());
    store.commit(batch, Durability.FSYNC);
    history.written(allocated.endId());
    flat.changed(changes.accounts(), changes.words());
  }

  /** A genesis header and the state that it stands for. */
  record Allocated(BlockHeader header, PreparedRoot state) {}

  static Allocated allocate(Genesis genesis) {
    PreparedRoot state =
        new StateTrie(NodeSource.NONE, Ref.EMPTY)
            .prepare(
                Hash32.ZERO,
                genesis.allocation(),
                StateTrie.Before.NOTHING,
                ChainHistory.FIRST_NODE);
    return new Allocated(genesis.header(state.stateRoot()), state);
  }

  static Block genesisBlock(BlockHeader header) {
    return new Block(
        header, List.of(), List.of(), header.withdrawalsRoot() == null ? null : List.of());
  }

  private Head loadHead(String prefix) {
    byte[] stored = store.get(columns.meta(), HEAD);
    Hash32 hash = stored == null ? null : Hash32.of(stored);
    BlockHeader header = hash == null ? null : blocks.header(hash);
    Ref root = hash == null || header == null ? null : history.rootOf(hash, header);
    if (hash == null
        || header == null
        || root == null
        || !blocks.isCanonical(hash, header)
        || (!root.isEmpty() && nodes.find(root) == null)) {
      throw new StorageException(
          "chain " + prefix + " is damaged: its head block or the state of it is missing");
    }
    return head(new At(header, hash, root), flat.generation());
  }

  private Head head(At at, long generation) {
    TrieState later = new TrieState(trie(at.hash, at.header, at.root), codes);
    return new Head(at.header, at.hash, at.root, new HeadState(flat, generation, later));
  }

  /** A block's state; a node that is not there is damage only while that state is kept. */
  private StateTrie trie(Hash32 blockHash, BlockHeader header, Ref root) {
    NodeSource source =
        ref -> {
          TrieNode node = nodes.find(ref);
          if (node != null) {
            return node;
          }
          if (!root.equals(history.rootOf(blockHash, header))) {
            throw new StatePrunedException(
                "the state of block %d %s is no longer kept".formatted(header.number(), blockHash));
          }
          return nodes.load(ref);
        };
    return new StateTrie(source, root);
  }

  static byte[] markKey(String name) {
    return ("mark/" + name).getBytes(US_ASCII);
  }
}
