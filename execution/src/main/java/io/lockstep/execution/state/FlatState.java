// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.parallel.Parallel;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Accounts and storage words at the head by plain key: one look-up instead of a walk down the trie,
 * under bounded caches. Any thread reads; one writes.
 *
 * <p>The writer raises the generation before a commit that changes anything here, and puts what
 * changed into the caches after it. So a value read here belongs to generation g if the generation
 * is g after the reading; and no cache keeps an old value, because a load and the writer's put for
 * one key exclude each other: whichever load saw the disk before the commit ends before the put.
 */
final class FlatState implements StateTrie.Before {
  /** A storage word's key. */
  record Word(Address address, UInt256 slot) {}

  /** Accounts in one read. */
  private static final int READ_AHEAD = 512;

  private final KeyValueStore store;
  private final ChainColumns columns;
  private final GenerationCache<Address, Optional<StoredAccount>> accounts;
  private final GenerationCache<Word, UInt256> words;
  private volatile long generation;

  FlatState(KeyValueStore store, ChainColumns columns, ChainCaches caches) {
    this.store = store;
    this.columns = columns;
    this.accounts = new GenerationCache<>(caches.accounts());
    this.words = new GenerationCache<>(caches.storageWords());
  }

  long generation() {
    return generation;
  }

  /** The account at the present generation. */
  @Override
  public @Nullable StoredAccount account(Address address) {
    return accounts.get(address, this::load).orElse(null);
  }

  /** The storage word at the present generation. */
  @Override
  public UInt256 storage(Address address, UInt256 slot) {
    return words.get(new Word(address, slot), this::load);
  }

  /** Brings accounts into the cache, which a block will ask for, with few and large reads. */
  void readAhead(Collection<Address> wanted) {
    long now = generation;
    List<Address> missing = new ArrayList<>();
    for (Address address : wanted) {
      if (!accounts.contains(address)) {
        missing.add(address);
      }
    }
    byte[][] keys = missing.stream().map(Address::toArray).toArray(byte[][]::new);
    KeyOrder.sort(keys, key -> key);
    List<Runnable> parts = new ArrayList<>();
    for (int from = 0; from < keys.length; from += READ_AHEAD) {
      List<byte[]> part =
          Arrays.asList(keys).subList(from, Math.min(keys.length, from + READ_AHEAD));
      parts.add(() -> readAhead(part, now));
    }
    Parallel.run(parts);
  }

  private void readAhead(List<byte[]> keys, long readAt) {
    List<byte @Nullable []> values = store.getAll(columns.account(), keys);
    for (int i = 0; i < keys.size(); i++) {
      byte[] flat = values.get(i);
      // A commit may have come between: then what was read is of no use, as for any load.
      Optional<StoredAccount> _ =
          accounts.get(
              Address.read(keys.get(i), 0),
              address -> generation == readAt ? decoded(address, flat) : load(address));
    }
  }

  /** Visits every word of an account that is not zero, from the disk. */
  void eachWord(Address address, BiConsumer<UInt256, UInt256> visitor) {
    byte[] prefix = address.toArray();
    store.scan(
        columns.storage(),
        prefix,
        (key, value) -> {
          if (!Keys.startsWith(key, prefix)) {
            return false;
          }
          visitor.accept(UInt256.read(key, Address.LENGTH_BYTES), UInt256.ofBigEndian(value));
          return true;
        });
  }

  /** Ends the generation: called by the writer before the commit. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
  long endGeneration() {
    return ++generation;
  }

  /** Takes over what the commit changed: called by the writer after it. */
  void changed(Map<Address, @Nullable StoredAccount> newAccounts, Map<Word, UInt256> newWords) {
    newAccounts.forEach((address, account) -> accounts.put(address, Optional.ofNullable(account)));
    newWords.forEach(words::put);
  }

  void write(
      KeyValueStore.Batch batch,
      Map<Address, @Nullable StoredAccount> newAccounts,
      Map<Word, UInt256> newWords) {
    newAccounts.forEach((address, account) -> {
      if (account == null) {
        batch.delete(columns.account(), address.toArray());
      } else {
        batch.put(columns.account(), address.toArray(), account.flat());
      }
    });
    newWords.forEach((word, value) -> {
      if (value.isZero()) {
        batch.delete(columns.storage(), keyOf(word));
      } else {
        batch.put(columns.storage(), keyOf(word), value.toMinimalArray());
      }
    });
  }

  private Optional<StoredAccount> load(Address address) {
    return decoded(address, store.get(columns.account(), address.toArray()));
  }

  private static Optional<StoredAccount> decoded(Address address, byte @Nullable [] flat) {
    try {
      return flat == null ? Optional.empty() : Optional.of(StoredAccount.ofFlat(flat));
    } catch (DecodeException e) {
      throw new StorageException("account " + address + " is damaged in the flat state", e);
    }
  }

  private UInt256 load(Word word) {
    byte[] value = store.get(columns.storage(), keyOf(word));
    if (value == null) {
      return UInt256.ZERO;
    }
    if (value.length > Hash32.LENGTH_BYTES) {
      throw new StorageException("a storage word of " + word.address + " is damaged");
    }
    return UInt256.ofBigEndian(value);
  }

  static byte[] keyOf(Word word) {
    byte[] key = new byte[Address.LENGTH_BYTES + Hash32.LENGTH_BYTES];
    word.address.write(key, 0);
    word.slot.write(key, Address.LENGTH_BYTES);
    return key;
  }
}
