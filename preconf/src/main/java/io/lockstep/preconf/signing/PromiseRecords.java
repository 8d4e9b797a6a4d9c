// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The promises of a signing database, by tick and nonce. Sequencing thread. */
final class PromiseRecords {
  static final Column COLUMN = new Column("promises");
  private static final byte[] ASKED_KEY = {'p', 'r', 'o', 'm', 'i', 's', 'e'};

  private final KeyValueStore store;
  private @Nullable PromiseMessage newest;
  private long askedWindow = -1;
  private long askedNonce = -1;

  PromiseRecords(KeyValueStore store) {
    this.store = store;
    store.scanDown(
        COLUMN,
        key(Long.MAX_VALUE, Long.MAX_VALUE),
        (_, value) -> {
          newest = decode(value);
          return false;
        });
    byte[] asked = store.get(SigningDatabase.META, ASKED_KEY);
    if (asked != null && asked.length != 2 * Long.BYTES) {
      throw new StorageException("the signing database's last promise asked for is damaged");
    }
    if (asked != null) {
      ByteBuffer in = ByteBuffer.wrap(asked);
      askedWindow = in.getLong();
      askedNonce = in.getLong();
    }
  }

  /** The nonce that the next promise of a window has. */
  long nextNonce(long windowSlot) {
    PromiseMessage last = newest;
    long afterLast =
        last == null || last.promise().object().windowSlot() != windowSlot
            ? 0
            : last.promise().object().nonce() + 1;
    return askedWindow == windowSlot ? Math.max(afterLast, askedNonce + 1) : afterLast;
  }

  /**
   * A holder of the key outside this process is asked for this promise: answered or not, its nonce
   * is spent. A kill of the process does not lose that.
   */
  void ask(Promise promise) {
    store.commit(
        store
            .newBatch()
            .put(
                SigningDatabase.META,
                ASKED_KEY,
                Keys.join(Keys.number(promise.windowSlot()), Keys.number(promise.nonce()))),
        KeyValueStore.Durability.PROCESS);
    askedWindow = promise.windowSlot();
    askedNonce = promise.nonce();
  }

  /** What was promised in a tick with a nonce, or null. */
  @Nullable PromiseMessage get(long tick, long nonce) {
    byte[] stored = store.get(COLUMN, key(tick, nonce));
    return stored == null ? null : decode(stored);
  }

  /** Keeps a promise; a kill of the process does not lose it any more. */
  void commit(PromiseMessage message) {
    byte[] key = key(message.tick(), message.promise().object().nonce());
    store.commit(
        store.newBatch().put(COLUMN, key, message.encoded().unsafeArray()),
        KeyValueStore.Durability.PROCESS);
    newest = message;
  }

  /** Gives the ledger what it lacks; returns how many there were. */
  int complete(CommitmentLedger ledger) {
    int[] added = {0};
    store.scan(
        COLUMN,
        key(0, 0),
        (_, value) -> {
          PromiseMessage message = decode(value);
          if (ledger.record(message)) {
            added[0]++;
          }
          return true;
        });
    return added[0];
  }

  /** Deletes what was promised up to a tick, with {@code batch}. */
  void prune(KeyValueStore.Batch batch, long upToTick) {
    List<byte[]> old = new ArrayList<>();
    store.scan(
        COLUMN, key(0, 0), (key, _) -> ByteBuffer.wrap(key).getLong() <= upToTick && old.add(key));
    old.forEach(key -> batch.delete(COLUMN, key));
  }

  private static PromiseMessage decode(byte[] stored) {
    try {
      return PromiseMessage.decode(Bytes.wrap(stored));
    } catch (DecodeException e) {
      throw new StorageException("a promise of the signing database is damaged", e);
    }
  }

  private static byte[] key(long tick, long nonce) {
    return Keys.join(Keys.number(tick), Keys.number(nonce));
  }
}
