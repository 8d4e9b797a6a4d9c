// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The box's consensus records: beacon blocks by root, the canonical root of each slot that has a
 * block, and blobs for as long as they are retained. Written under the box's lock, before the
 * execution chain moves its head; {@link #dropAfter} at start mends what a kill left in between.
 * Reads from any thread.
 */
final class BeaconDb {
  /** Beacon root to record, abandoned branches included. */
  static final Column BLOCKS = new Column("box-blocks");

  /** Slot to canonical root. */
  static final Column SLOTS = new Column("box-slots");

  /** Execution block hash to beacon root. */
  static final Column EXECUTION = new Column("box-execution");

  /** Slot, root, index to blob. */
  static final Column BLOBS = new Column("box-blobs");

  static final Column META = new Column("box-meta");
  static final List<Column> COLUMNS = List.of(BLOCKS, SLOTS, EXECUTION, BLOBS, META);

  /** Execution block hash to header, of a box that does not execute. */
  static final Column HEADERS = new Column("box-headers");

  /** The columns of a box over an execution client that is not its own. */
  static final List<Column> FOLLOWING_COLUMNS =
      List.of(BLOCKS, SLOTS, EXECUTION, BLOBS, META, HEADERS);

  private static final byte[] META_KEY = {0};

  private final KeyValueStore store;

  BeaconDb(KeyValueStore store) {
    this.store = store;
  }

  @Nullable BoxMeta meta() {
    byte[] value = store.get(META, META_KEY);
    return value == null ? null : BoxMeta.decode(value);
  }

  void putMeta(BoxMeta meta) {
    store.commit(store.newBatch().put(META, META_KEY, meta.encoded()), Durability.PROCESS);
  }

  @Nullable BeaconBlock block(Hash32 root) {
    byte[] value = store.get(BLOCKS, root.toArray());
    return value == null ? null : BeaconBlock.decode(value);
  }

  @Nullable BeaconBlock byExecution(Hash32 executionHash) {
    byte[] root = store.get(EXECUTION, executionHash.toArray());
    return root == null ? null : block(Hash32.of(root));
  }

  /** The canonical block of {@code slot}, or null when the slot was missed or lies ahead. */
  @Nullable BeaconBlock at(long slot) {
    byte[] root = store.get(SLOTS, slotKey(slot));
    return root == null ? null : block(Hash32.of(root));
  }

  /** The last canonical block at or before {@code slot}; there is always the genesis block. */
  BeaconBlock atOrBefore(long slot) {
    Hash32[] found = new Hash32[1];
    store.scanDown(
        SLOTS,
        slotKey(slot),
        (key, value) -> {
          found[0] = Hash32.of(value);
          return false;
        });
    BeaconBlock block = found[0] == null ? null : block(found[0]);
    if (block == null) {
      throw new IllegalStateException("the box has no beacon block at or before slot " + slot);
    }
    return block;
  }

  /** Writes a block and makes it the canonical one of its slot; later slots lose theirs. */
  void put(BeaconBlock block, BeaconBlock parent, List<Bytes> blobs) {
    KeyValueStore.Batch batch = store.newBatch();
    batch.deleteRange(SLOTS, slotKey(parent.slot() + 1), slotKey(Long.MAX_VALUE));
    putBlock(batch, block);
    for (int i = 0; i < blobs.size(); i++) {
      batch.put(BLOBS, blobKey(block.slot(), block.root(), i), blobs.get(i).unsafeArray());
    }
    store.commit(batch, Durability.PROCESS);
  }

  void putGenesis(BeaconBlock genesis) {
    KeyValueStore.Batch batch = store.newBatch();
    putBlock(batch, genesis);
    store.commit(batch, Durability.PROCESS);
  }

  /**
   * Makes blocks that are known the canonical ones of their slots; later slots lose theirs.
   *
   * @param branch a chain, lowest first, on a canonical block
   */
  void putCanonical(List<BeaconBlock> branch) {
    if (branch.isEmpty()) {
      return;
    }
    KeyValueStore.Batch batch = store.newBatch();
    batch.deleteRange(SLOTS, slotKey(branch.getFirst().slot()), slotKey(Long.MAX_VALUE));
    for (BeaconBlock block : branch) {
      batch.put(SLOTS, slotKey(block.slot()), block.root().toArray());
    }
    store.commit(batch, Durability.PROCESS);
  }

  /** Keeps the header of a foreign execution block. */
  void putExecution(Hash32 hash, BlockHeader header) {
    store.commit(
        store.newBatch().put(HEADERS, hash.toArray(), header.encoded().toArray()),
        Durability.PROCESS);
  }

  @Nullable BlockHeader execution(Hash32 hash) {
    byte[] value = store.get(HEADERS, hash.toArray());
    if (value == null) {
      return null;
    }
    try {
      return BlockHeader.decode(Bytes.wrap(value));
    } catch (DecodeException e) {
      throw new StorageException("a header in the box's store is damaged", e);
    }
  }

  /** Forgets canonical slots after {@code slot}. */
  void dropAfter(long slot) {
    store.commit(
        store.newBatch().deleteRange(SLOTS, slotKey(slot + 1), slotKey(Long.MAX_VALUE)),
        Durability.PROCESS);
  }

  /** The blobs of a block in its order; null when they are no longer, or not all, retained. */
  @Nullable List<Bytes> blobs(BeaconBlock block) {
    List<Bytes> blobs = new ArrayList<>();
    for (int i = 0; i < block.commitments().size(); i++) {
      byte[] blob = store.get(BLOBS, blobKey(block.slot(), block.root(), i));
      if (blob == null) {
        return null;
      }
      blobs.add(Bytes.wrap(blob));
    }
    return blobs;
  }

  /** Deletes the blobs of slots before {@code slot}. */
  void dropBlobsBefore(long slot) {
    if (slot > 0) {
      store.commit(
          store.newBatch().deleteRange(BLOBS, slotKey(0), slotKey(slot)), Durability.PROCESS);
    }
  }

  private static void putBlock(KeyValueStore.Batch batch, BeaconBlock block) {
    byte[] root = block.root().toArray();
    batch.put(BLOCKS, root, block.encoded());
    batch.put(SLOTS, slotKey(block.slot()), root);
    batch.put(EXECUTION, block.executionHash().toArray(), root);
  }

  private static byte[] slotKey(long slot) {
    return ByteBuffer.allocate(8).putLong(slot).array();
  }

  private static byte[] blobKey(long slot, Hash32 root, int index) {
    byte[] key = Arrays.copyOf(slotKey(slot), 8 + 32 + 1);
    root.write(key, 8);
    key[40] = (byte) index;
    return key;
  }
}
