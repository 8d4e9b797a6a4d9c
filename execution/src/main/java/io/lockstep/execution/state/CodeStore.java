// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;

/** Contract code by hash, never deleted, under a cache bounded in bytes. Any thread. */
final class CodeStore {
  private final KeyValueStore store;
  private final Column column;
  private final Cache<Hash32, Bytes> cache;

  CodeStore(KeyValueStore store, Column column, long cacheBytes) {
    this.store = store;
    this.column = column;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(cacheBytes)
            .weigher((Hash32 hash, Bytes code) -> 160 + code.size())
            .executor(Runnable::run)
            .build();
  }

  /**
   * The code with this hash.
   *
   * @throws StorageException when it is missing or damaged
   */
  Bytes get(Hash32 hash) {
    if (hash.equals(Keccak.EMPTY)) {
      return Bytes.EMPTY;
    }
    Bytes cached = cache.getIfPresent(hash);
    if (cached != null) {
      return cached;
    }
    byte[] stored = store.get(column, hash.toArray());
    if (stored == null) {
      throw new StorageException("code " + hash + " is missing in " + column.name());
    }
    if (!Keccak.hash(stored).equals(hash)) {
      throw new StorageException("code " + hash + " is damaged in " + column.name());
    }
    Bytes code = Bytes.wrap(stored);
    cache.put(hash, code);
    return code;
  }
}
