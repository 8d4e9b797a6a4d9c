// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells the whole state of a block in plain keys: the flat state of the head, seen through what
 * undoes the blocks above. Holds in memory what those blocks changed and nothing else. One thread,
 * while nobody writes.
 */
final class StateExport {
  private static final byte[] START = {};

  private final KeyValueStore store;
  private final ChainColumns columns;
  private final NavigableMap<byte[], byte @Nullable []> accounts =
      new TreeMap<>(Arrays::compareUnsigned);
  private final NavigableMap<byte[], byte @Nullable []> words =
      new TreeMap<>(Arrays::compareUnsigned);

  /**
   * @param back what leads from the flat state to the one to be told
   */
  StateExport(KeyValueStore store, ChainColumns columns, StateChanges back) {
    this.store = store;
    this.columns = columns;
    back.accounts()
        .forEach((address, account) ->
            accounts.put(address.toArray(), account == null ? null : account.flat()));
    back.words()
        .forEach((word, value) ->
            words.put(FlatState.keyOf(word), value.isZero() ? null : value.toMinimalArray()));
  }

  private interface Taker {
    void take(byte[] key, byte[] value) throws IOException;
  }

  void tell(StateVisitor visitor) throws IOException {
    try {
      merge(
          columns.code(),
          START,
          new TreeMap<>(Arrays::compareUnsigned),
          (hash, code) -> visitor.code(Bytes.wrap(code)));
      merge(
          columns.account(),
          START,
          accounts,
          (address, flat) -> {
            StoredAccount account = decode(flat);
            visitor.account(Address.of(address), account.toState());
            if (!account.storage().isEmpty()) {
              merge(
                  columns.storage(),
                  address,
                  words,
                  (key, value) ->
                      visitor.word(
                          UInt256.read(key, Address.LENGTH_BYTES), UInt256.ofBigEndian(value)));
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Visits what begins with {@code prefix}, in order; {@code over} wins, its nulls hide. */
  private void merge(
      Column column, byte[] prefix, NavigableMap<byte[], byte @Nullable []> over, Taker taker) {
    Iterator<Map.Entry<byte[], byte @Nullable []>> rest =
        over.tailMap(prefix, true).entrySet().iterator();
    Overlay overlay = new Overlay(rest, prefix, taker);
    store.scan(
        column,
        prefix,
        (key, value) -> {
          if (!Keys.startsWith(key, prefix)) {
            return false;
          }
          overlay.before(key);
          if (!overlay.at(key)) {
            take(taker, key, value);
          }
          return true;
        });
    overlay.before(null);
  }

  private static void take(Taker taker, byte[] key, byte[] value) {
    try {
      taker.take(key, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The entries that go over those of the disk, told in their places. */
  private static final class Overlay {
    private final Iterator<Map.Entry<byte[], byte @Nullable []>> rest;
    private final byte[] prefix;
    private final Taker taker;
    private Map.@Nullable Entry<byte[], byte @Nullable []> next;

    Overlay(Iterator<Map.Entry<byte[], byte @Nullable []>> rest, byte[] prefix, Taker taker) {
      this.rest = rest;
      this.prefix = prefix;
      this.taker = taker;
      step();
    }

    private void step() {
      next = rest.hasNext() ? rest.next() : null;
      if (next != null && !Keys.startsWith(next.getKey(), prefix)) {
        next = null;
      }
    }

    /** Tells what stands before {@code key}; null is the end. */
    void before(byte @Nullable [] key) {
      while (next != null && (key == null || Arrays.compareUnsigned(next.getKey(), key) < 0)) {
        tell();
      }
    }

    /** Tells what stands at {@code key}, if anything does. */
    boolean at(byte[] key) {
      if (next == null || !Arrays.equals(next.getKey(), key)) {
        return false;
      }
      tell();
      return true;
    }

    private void tell() {
      Map.Entry<byte[], byte @Nullable []> entry = next;
      if (entry != null && entry.getValue() != null) {
        take(taker, entry.getKey(), entry.getValue());
      }
      step();
    }
  }

  private static StoredAccount decode(byte[] flat) {
    try {
      return StoredAccount.ofFlat(flat);
    } catch (DecodeException e) {
      throw new StorageException("an account is damaged in the flat state", e);
    }
  }
}
