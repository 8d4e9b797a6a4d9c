// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.inbound;

import io.lockstep.l1client.contract.ForcedEnqueued;
import io.lockstep.l1client.contract.InboundEvents;
import io.lockstep.l1client.contract.MessageSent;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages and forced transactions of all rollups on disk, with the L1 block of each, and up to
 * which L1 block they are complete. Memory does not grow with what waits: a question reads only the
 * rows it names. Owner: the sequencing thread.
 */
public final class InboundLog implements Inbound {
  private static final Column MESSAGES = new Column("inbound-messages");
  private static final Column FORCED = new Column("inbound-forced");
  private static final Column KNOWN = new Column("inbound-known");
  private static final byte[] KNOWN_TO = {0};

  private final KeyValueStore store;
  private long knownTo;

  /** The columns that the store handed in must have. */
  public static Collection<Column> columns() {
    return List.of(MESSAGES, FORCED, KNOWN);
  }

  public InboundLog(KeyValueStore store) {
    this.store = store;
    byte[] known = store.get(KNOWN, KNOWN_TO);
    this.knownTo = known == null ? -1 : ByteBuffer.wrap(known).getLong();
  }

  /** Everything of L1 blocks up to here is in; -1 when nothing is. */
  public long knownTo() {
    return knownTo;
  }

  /** Takes what a block holds; blocks come in their order, such as hold nothing may be left out. */
  public void add(BlockRef block, InboundEvents events) {
    KeyValueStore.Batch batch = store.newBatch();
    for (MessageSent message : events.messages()) {
      batch.put(MESSAGES, key(message.rollupId(), message.index()), encode(block, message));
    }
    for (ForcedEnqueued item : events.forced()) {
      batch.put(FORCED, key(item.rollupId(), item.index()), encode(block, item));
    }
    commit(batch, Math.max(knownTo, block.number()));
  }

  /** Forgets what L1 blocks above {@code l1Number} hold. */
  public void rewindTo(long l1Number) {
    if (knownTo <= l1Number) {
      return;
    }
    KeyValueStore.Batch batch = store.newBatch();
    for (Column column : List.of(MESSAGES, FORCED)) {
      // The newest row of each rollup, from the highest rollup id down.
      Row newest = newestUpTo(column, Long.MAX_VALUE);
      while (newest != null) {
        deleteAbove(column, newest.rollupId, l1Number, batch);
        newest = newest.rollupId == 0 ? null : newestUpTo(column, newest.rollupId - 1);
      }
    }
    commit(batch, l1Number);
  }

  private record Row(long rollupId, long index, long l1Number) {}

  private @Nullable Row newestUpTo(Column column, long rollupId) {
    Row[] found = {null};
    store.scanDown(
        column,
        key(rollupId, Long.MAX_VALUE),
        (key, value) -> {
          found[0] = row(key, value);
          return false;
        });
    return found[0];
  }

  private void deleteAbove(Column column, long rollupId, long l1Number, KeyValueStore.Batch batch) {
    long[] first = {-1};
    store.scanDown(
        column,
        key(rollupId, Long.MAX_VALUE),
        (key, value) -> {
          Row row = row(key, value);
          boolean goes = row.rollupId == rollupId && row.l1Number > l1Number;
          first[0] = goes ? row.index : first[0];
          return goes;
        });
    if (first[0] != -1) {
      batch.deleteRange(column, key(rollupId, first[0]), key(rollupId, Long.MAX_VALUE));
    }
  }

  private void commit(KeyValueStore.Batch batch, long nowKnownTo) {
    batch.put(KNOWN, KNOWN_TO, ByteBuffer.allocate(8).putLong(nowKnownTo).array());
    store.commit(batch, KeyValueStore.Durability.PROCESS);
    knownTo = nowKnownTo;
  }

  @Override
  public List<MessageSent> messages(long rollupId, long from, int most, long l1Number) {
    List<MessageSent> out = new ArrayList<>();
    for (long index = from; out.size() < most; index++) {
      byte[] value = store.get(MESSAGES, key(rollupId, index));
      if (value == null) {
        break;
      }
      try {
        RlpReader in = RlpReader.over(value).list();
        if (in.integer() > l1Number) {
          break;
        }
        in.skip();
        out.add(
            new MessageSent(
                rollupId, index, in.address(), in.address(), in.uint256(), Bytes.wrap(in.bytes())));
      } catch (DecodeException e) {
        throw damaged(e);
      }
    }
    return out;
  }

  @Override
  public List<ForcedEnqueued> forced(
      long rollupId, long from, int most, long l1Number, long l1Seconds) {
    List<ForcedEnqueued> out = new ArrayList<>();
    for (long index = from; out.size() < most; index++) {
      byte[] value = store.get(FORCED, key(rollupId, index));
      if (value == null) {
        break;
      }
      try {
        RlpReader in = RlpReader.over(value).list();
        if (in.integer() > l1Number || in.integer() > l1Seconds) {
          break;
        }
        out.add(new ForcedEnqueued(rollupId, index, in.integer(), Bytes.wrap(in.bytes())));
      } catch (DecodeException e) {
        throw damaged(e);
      }
    }
    return out;
  }

  private static byte[] encode(BlockRef block, MessageSent message) {
    return new RlpWriter(128 + message.data().size())
        .startList()
        .integer(block.number())
        .integer(block.timestampSeconds())
        .address(message.sender())
        .address(message.target())
        .integer(message.value())
        .bytes(message.data())
        .endList()
        .toArray();
  }

  private static byte[] encode(BlockRef block, ForcedEnqueued item) {
    return new RlpWriter(64 + item.rawTx().size())
        .startList()
        .integer(block.number())
        .integer(block.timestampSeconds())
        .integer(item.gasLimit())
        .bytes(item.rawTx())
        .endList()
        .toArray();
  }

  private static Row row(byte[] key, byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(key);
    try {
      return new Row(in.getLong(), in.getLong(), RlpReader.over(value).list().integer());
    } catch (DecodeException e) {
      throw damaged(e);
    }
  }

  private static StorageException damaged(DecodeException e) {
    return new StorageException("a record of what L1 has for the rollups is damaged", e);
  }

  private static byte[] key(long rollupId, long index) {
    return ByteBuffer.allocate(16).putLong(rollupId).putLong(index).array();
  }
}
