// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What lies behind the head: where the state of each block has its root, what undoes a block, and
 * which trie nodes are due to go.
 *
 * <p>The floor is the lowest block whose state is kept. The nodes that block N replaced serve only
 * states below N, so they go when the floor has reached N. Blocks that a rewind to A left behind
 * share nodes with A; their states are kept as long as that of A, and the nodes that they wrote go
 * when the floor has passed A. Each node is named by exactly one record: nothing is counted, marked
 * or swept.
 *
 * <p>The writer fills batches under the chain's lock. {@link #sweep} runs beside it on one other
 * thread. Reads from any.
 */
final class ChainHistory {
  private static final byte[] FLOOR = "floor".getBytes(US_ASCII);
  private static final byte[] NEXT_NODE = "next-node".getBytes(US_ASCII);

  /** Ids begin here: 0 is none. */
  static final long FIRST_NODE = 1;

  /** Numbers by which the floor rises in one commit. */
  private static final int FLOOR_STEP = 256;

  private final KeyValueStore store;
  private final ChainColumns columns;
  private final TrieNodes nodes;
  private volatile long floor;
  private long nextNode = FIRST_NODE;

  ChainHistory(KeyValueStore store, ChainColumns columns, TrieNodes nodes, long firstNumber) {
    this.store = store;
    this.columns = columns;
    this.nodes = nodes;
    this.floor = firstNumber;
    byte[] storedFloor = store.get(columns.meta(), FLOOR);
    byte[] storedNext = store.get(columns.meta(), NEXT_NODE);
    if (storedFloor != null) {
      this.floor = Keys.number(storedFloor, 0);
    }
    if (storedNext != null) {
      this.nextNode = Keys.number(storedNext, 0);
    }
  }

  /** The lowest block whose state is kept. */
  long floor() {
    return floor;
  }

  /** The id of the next node that is written. */
  long nextNode() {
    return nextNode;
  }

  /** The root of a block's state; null when it is not kept. */
  @Nullable Ref rootOf(Hash32 blockHash, BlockHeader header) {
    long kept = floor;
    if (header.number() < kept) {
      return null;
    }
    byte[] root = store.get(columns.root(), Keys.number(header.number()));
    if (root != null && Hash32.read(root, 0).equals(blockHash)) {
      return new Ref(header.stateRoot(), Keys.number(root, Hash32.LENGTH_BYTES));
    }
    byte[] orphan = store.get(columns.root(), blockHash.toArray());
    return orphan == null || Keys.number(orphan, 0) <= kept
        ? null
        : new Ref(header.stateRoot(), Keys.number(orphan, Long.BYTES));
  }

  /** Notes a block whose state does not come from that of its parent. */
  void writeStart(KeyValueStore.Batch batch, long number, Hash32 blockHash, Ref root, long nextId) {
    writeRoot(batch, number, blockHash, root);
    batch.put(columns.meta(), FLOOR, Keys.number(number));
    batch.put(columns.meta(), NEXT_NODE, Keys.number(nextId));
  }

  private void writeRoot(KeyValueStore.Batch batch, long number, Hash32 blockHash, Ref root) {
    batch.put(
        columns.root(),
        Keys.number(number),
        Keys.join(blockHash.toArray(), Keys.number(root.id())));
  }

  /** Notes all that belongs to a new block on the head. */
  void write(
      KeyValueStore.Batch batch,
      BlockHeader header,
      Hash32 blockHash,
      PreparedRoot root,
      StateChanges undo) {
    long number = header.number();
    writeRoot(batch, number, blockHash, root.root());
    batch.put(columns.meta(), NEXT_NODE, Keys.number(root.endId()));
    batch.put(columns.undo(), Keys.number(number), undo.encoded());
    if (number > ChainDb.UNDO_BLOCKS) {
      batch.delete(columns.undo(), Keys.number(number - ChainDb.UNDO_BLOCKS));
    }
    batch.put(columns.stale(), Keys.number(number), BlockNodes.of(root).encoded());
  }

  /** Called after the commit of a block or of a whole state. */
  void written(long next) {
    nextNode = next;
  }

  /**
   * Prepares a rewind: whoever forked above {@code target} forks from it now.
   *
   * @param target the number of the block that becomes the head
   */
  void lowerOrphans(KeyValueStore.Batch batch, long target) {
    store.scan(
        columns.stale(),
        Keys.number(target + 2),
        (key, value) -> {
          if (Orphan.isKey(key)) {
            Orphan orphan = Orphan.decode(key, value);
            batch.delete(columns.stale(), key);
            batch.put(columns.stale(), orphan.key(target + 1), value);
            if (isRootOf(orphan)) {
              writeOrphanRoot(batch, orphan, target + 1);
            }
          }
          return true;
        });
  }

  /**
   * Takes a block out of the chain, after {@link #lowerOrphans}.
   *
   * @return what brings back the flat state under it
   */
  StateChanges giveUp(KeyValueStore.Batch batch, long number, long target) {
    byte[] made = store.get(columns.stale(), Keys.number(number));
    byte[] root = store.get(columns.root(), Keys.number(number));
    if (made == null || root == null) {
      throw new StorageException("what block " + number + " did to the trie is missing");
    }
    StateChanges undo = undo(number);
    BlockNodes block = BlockNodes.decode(made);
    Orphan orphan =
        new Orphan(
            Hash32.read(root, 0),
            block.firstId(),
            block.endId(),
            Keys.number(root, Hash32.LENGTH_BYTES));
    batch.delete(columns.undo(), Keys.number(number));
    batch.delete(columns.root(), Keys.number(number));
    batch.delete(columns.stale(), Keys.number(number));
    batch.put(columns.stale(), orphan.key(target + 1), orphan.encoded());
    writeOrphanRoot(batch, orphan, target + 1);
    return undo;
  }

  private void writeOrphanRoot(KeyValueStore.Batch batch, Orphan orphan, long due) {
    batch.put(
        columns.root(),
        orphan.blockHash().toArray(),
        Keys.join(Keys.number(due), Keys.number(orphan.rootId())));
  }

  /** False when the block came back and was left behind once more: then a newer orphan has it. */
  private boolean isRootOf(Orphan orphan) {
    byte[] root = store.get(columns.root(), orphan.blockHash().toArray());
    return root != null && Keys.number(root, Long.BYTES) == orphan.rootId();
  }

  /** What brings back the flat state under a block. */
  StateChanges undo(long number) {
    byte[] undo = store.get(columns.undo(), Keys.number(number));
    if (undo == null) {
      throw new StorageException("what undoes block " + number + " is missing");
    }
    try {
      return StateChanges.decode(undo);
    } catch (DecodeException e) {
      throw new StorageException("what undoes block " + number + " is damaged", e);
    }
  }

  /**
   * Raises the floor by one bounded step towards {@code wanted}; called under the chain's lock, so
   * that no rewind goes below it meanwhile.
   */
  void raiseFloor(long wanted) {
    long from = floor;
    long to = Math.min(wanted, from + FLOOR_STEP);
    if (to <= from) {
      return;
    }
    KeyValueStore.Batch batch = store.newBatch().put(columns.meta(), FLOOR, Keys.number(to));
    for (long number = from; number < to; number++) {
      batch.delete(columns.root(), Keys.number(number));
    }
    store.commit(batch, KeyValueStore.Durability.PROCESS);
    floor = to;
  }

  /**
   * Deletes about {@code limit} nodes that are due, those of one block at least; true when there is
   * more. A block's nodes go in one commit with the record that names them.
   */
  boolean sweep(int limit) {
    KeyValueStore.Batch batch = store.newBatch();
    long upTo = floor;
    List<byte[]> done = new ArrayList<>();
    int[] deleted = {0};
    boolean[] more = {false};
    store.scan(
        columns.stale(),
        new byte[0],
        (key, value) -> {
          if (Keys.number(key, 0) > upTo) {
            return false;
          }
          if (deleted[0] >= limit) {
            more[0] = true;
            return false;
          }
          deleted[0] += deleteDue(batch, key, value);
          done.add(key);
          return true;
        });
    if (!done.isEmpty()) {
      done.forEach(key -> batch.delete(columns.stale(), key));
      store.commit(batch, KeyValueStore.Durability.PROCESS);
    }
    return more[0];
  }

  private int deleteDue(KeyValueStore.Batch batch, byte[] key, byte[] value) {
    if (!Orphan.isKey(key)) {
      BlockNodes block = BlockNodes.decode(value);
      for (long id : block.replaced()) {
        nodes.delete(batch, id);
      }
      return 1 + block.replaced().length;
    }
    Orphan orphan = Orphan.decode(key, value);
    for (long id = orphan.firstId(); id < orphan.endId(); id++) {
      nodes.delete(batch, id);
    }
    if (isRootOf(orphan)) {
      batch.delete(columns.root(), orphan.blockHash().toArray());
    }
    return 1 + (int) (orphan.endId() - orphan.firstId());
  }
}
