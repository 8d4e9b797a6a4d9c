// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one committer key has signed in one cluster, in a store of its own (protocol §7): by place,
 * by block number, and as the messages themselves, so that a restart can finish what was begun.
 * Owner: the sequencing thread; only {@link GroupCommit} syncs it beside.
 */
public final class SigningDatabase implements AutoCloseable {
  /** Its name in the folder of a node's databases. */
  public static final String DIRECTORY = "signing";

  static final Column RECORDS = new Column("records");
  static final Column NUMBERS = new Column("numbers");
  static final Column JOURNAL = new Column("journal");
  static final Column META = new Column("meta");
  static final List<Column> COLUMNS =
      List.of(RECORDS, NUMBERS, JOURNAL, META, PromiseRecords.COLUMN);

  static final byte[] IDENTITY_KEY = {'i', 'd'};
  static final byte[] STATE_KEY = {'s', 't', 'a', 't', 'e'};
  private static final byte[] ASKED_KEY = {'a', 's', 'k', 'e', 'd'};

  /** Records of so many ticks are kept: more than two hours. */
  static final long KEEP_TICKS = 8_192;

  /** Messages of so many: the main store was synced by then, whatever it holds of them. */
  static final long KEEP_JOURNAL_TICKS = 1_024;

  private static final long PRUNE_TICKS = 16;

  private final KeyValueStore mainStore;
  private final @Nullable KeyValueStore store;
  private final @Nullable PromiseRecords promises;
  private final SigningScope scope;
  private final String id;
  private final @Nullable String absence;
  private SigningState state;
  private @Nullable Place highest;
  private @Nullable Asked asked;
  private long journalPrunedTick = -1;

  /**
   * @param store null when there is none
   * @param absence why it is not the node's database, or null when it is
   */
  SigningDatabase(
      @Nullable KeyValueStore store,
      KeyValueStore mainStore,
      SigningScope scope,
      String id,
      SigningState state,
      @Nullable String absence) {
    this.store = store;
    this.mainStore = mainStore;
    this.scope = scope;
    this.id = id;
    this.state = state;
    this.absence = absence;
    this.promises = store == null ? null : new PromiseRecords(store);
    if (store != null) {
      store.scanDown(
          RECORDS,
          Place.startOf(Long.MAX_VALUE),
          (key, _) -> {
            highest = Place.read(key);
            return false;
          });
      byte[] stored = store.get(META, ASKED_KEY);
      try {
        asked = stored == null ? null : Asked.decode(stored);
      } catch (IllegalArgumentException e) {
        throw new StorageException("what the signing database has asked for is damaged", e);
      }
    }
  }

  /** The columns that the node's main store must have. */
  public static Collection<Column> mainColumns() {
    return List.of(KnownDatabase.COLUMN);
  }

  /**
   * Opens the signing database in a store that is open already; for simulations.
   *
   * @param place names where it was found, as a running node's folder does
   * @param bootId changes when the machine has lost power
   * @param losesNothingWithPower whether what was released is on the disk
   * @throws SigningDatabaseRefused when it is another key's
   */
  public static SigningDatabase over(
      KeyValueStore store,
      KeyValueStore mainStore,
      SigningScope scope,
      String place,
      String bootId,
      boolean losesNothingWithPower)
      throws SigningDatabaseRefused {
    Lease here = new Lease("", "", place, "", bootId, losesNothingWithPower);
    return SigningDatabaseOpening.over(store, mainStore, scope, here);
  }

  /** The columns that a store handed to {@link #over} must have. */
  public static Collection<Column> columns() {
    return COLUMNS;
  }

  /**
   * Opens the database in {@code dir}, or makes it when the main store knows of none. One that the
   * main store knows and that is not there, or another one that is, gives a database with which
   * nothing can be signed; {@link CommitmentSigner#verdict} says so.
   *
   * @param durability how durable a record is to be before a signature leaves
   * @throws SigningDatabaseRefused when it is another cluster's or another committer's
   * @throws StorageException when another process uses it, or when it is damaged
   */
  public static SigningDatabase open(
      Path dir, KeyValueStore mainStore, SigningScope scope, KeyValueStore.Durability durability)
      throws SigningDatabaseRefused {
    return SigningDatabaseOpening.open(dir, mainStore, scope, durability);
  }

  /** Why this is not the node's database, or null when it is. */
  @Nullable String absence() {
    return absence;
  }

  SigningScope scope() {
    return scope;
  }

  SigningState state() {
    return state;
  }

  String id() {
    return id;
  }

  /** The highest place that is recorded, or null. */
  @Nullable Place highest() {
    return highest;
  }

  /**
   * What the key's holder was asked for and is not recorded, so that nobody knows whether it was
   * signed; null when all was answered.
   */
  @Nullable Asked unanswered() {
    Asked last = asked;
    Place recorded = highest;
    return last == null || (recorded != null && last.place().compareTo(recorded) <= 0)
        ? null
        : last;
  }

  /** Whether a holder outside this process was ever asked. */
  boolean hasAsked() {
    return asked != null;
  }

  KeyValueStore store() {
    if (store == null) {
      throw new IllegalStateException("there is no signing database: " + absence);
    }
    return store;
  }

  PromiseRecords promises() {
    if (promises == null) {
      throw new IllegalStateException("there is no signing database: " + absence);
    }
    return promises;
  }

  void sync() {
    store().sync();
  }

  // --- reading ---

  @Nullable SigningRecord record(Place place) {
    byte[] stored = store().get(RECORDS, place.key());
    try {
      return stored == null ? null : SigningRecord.decode(stored);
    } catch (DecodeException e) {
      throw new StorageException("a record of the signing database is damaged", e);
    }
  }

  /** Visits all records in the order of their places. */
  void eachRecord(BiConsumer<Place, SigningRecord> visitor) {
    List<byte[]> places = keys(RECORDS, -1, Long.MAX_VALUE);
    for (byte[] key : places) {
      Place place = Place.read(key);
      SigningRecord found = record(place);
      if (found != null) {
        visitor.accept(place, found);
      }
    }
  }

  List<NumberSeal> seals(long rollupId, long number) {
    byte[] stored = store().get(NUMBERS, numberKey(rollupId, number));
    try {
      return stored == null ? List.of() : NumberSeal.decode(stored);
    } catch (DecodeException e) {
      throw new StorageException("a block number of the signing database is damaged", e);
    }
  }

  /** The frags of a tick as they were signed, in order. */
  List<FragMessage> journalledFrags(long tick) {
    List<FragMessage> out = new ArrayList<>();
    store()
        .scan(
            JOURNAL,
            Place.startOf(tick),
            (key, value) -> {
              Place place = Place.read(key);
              if (place.tick() != tick || place.seal()) {
                return false;
              }
              out.add(decodeFrag(value));
              return true;
            });
    return out;
  }

  /**
   * Puts into the ledger every own frag, seal and promise that it lacks: the main store is not
   * synced with this one. Returns how many there were. At start, before the loop.
   */
  public int completeLedger(CommitmentLedger ledger) {
    if (absence != null) {
      return 0;
    }
    int[] added = {0};
    store()
        .scan(
            JOURNAL,
            Place.startOf(0),
            (key, value) -> {
              Place place = Place.read(key);
              if (place.seal()) {
                if (!ledger.hasSeal(place.tick()) && ledger.record(decodeSeal(value))) {
                  added[0]++;
                }
              } else if (!ledger.hasFrag(place.tick(), place.index())
                  && ledger.record(decodeFrag(value))) {
                added[0]++;
              }
              return true;
            });
    return added[0] + promises().complete(ledger);
  }

  private static FragMessage decodeFrag(byte[] stored) {
    try {
      return FragMessage.decode(Bytes.wrap(stored));
    } catch (DecodeException e) {
      throw new StorageException("a frag of the signing database is damaged", e);
    }
  }

  private static SealMessage decodeSeal(byte[] stored) {
    try {
      return SealMessage.decode(Bytes.wrap(stored));
    } catch (DecodeException e) {
      throw new StorageException("a seal of the signing database is damaged", e);
    }
  }

  // --- writing ---

  KeyValueStore.Batch newBatch() {
    return store().newBatch();
  }

  /** Commits what was signed at a place with all that belongs to it. */
  void commitPlace(KeyValueStore.Batch batch, Place place, SigningRecord record, Bytes message) {
    batch.put(RECORDS, place.key(), record.encoded());
    batch.put(JOURNAL, place.key(), message.unsafeArray());
    SigningState next = record.eop() ? state.withLastEopWindowSlot(record.windowSlot()) : state;
    if (record.eop()) {
      batch.put(META, STATE_KEY, next.encoded());
    }
    store().commit(batch, KeyValueStore.Durability.PROCESS);
    state = next;
    highest = place;
  }

  /** From now on the place is for this digest alone; a kill of the process does not lose it. */
  void ask(Asked next) {
    if (!next.equals(asked)) {
      store()
          .commit(
              newBatch().put(META, ASKED_KEY, next.encoded()), KeyValueStore.Durability.PROCESS);
      asked = next;
    }
  }

  /** What is recorded at a place is never given out again. */
  void forget(Place place) {
    byte[] key = place.key();
    store()
        .commit(
            newBatch().delete(RECORDS, key).delete(JOURNAL, key), KeyValueStore.Durability.FSYNC);
  }

  void putNumber(KeyValueStore.Batch batch, long rollupId, long number, List<NumberSeal> seals) {
    batch.put(NUMBERS, numberKey(rollupId, number), NumberSeal.encoded(seals));
  }

  /** Changes the state for good: it is on the disk when this returns. */
  void change(SigningState next) {
    store().commit(newBatch().put(META, STATE_KEY, next.encoded()), KeyValueStore.Durability.FSYNC);
    state = next;
  }

  /** As {@link #change}, but it need not survive loss of power. */
  void changeLightly(SigningState next) {
    store()
        .commit(newBatch().put(META, STATE_KEY, next.encoded()), KeyValueStore.Durability.PROCESS);
    state = next;
  }

  /**
   * Ticks up to {@code tick} count as spent from now on, whatever else gets lost; forgets some of
   * what lies far below.
   */
  void reserve(long tick) {
    KeyValueStore.Batch batch = newBatch();
    SigningState next = prune(batch, tick, state.withReservation(tick));
    batch.put(META, STATE_KEY, next.encoded());
    store().commit(batch, KeyValueStore.Durability.FSYNC);
    state = next;
    // Second: so that what the main store knows is never ahead of the truth.
    new KnownDatabase(id, tick).write(mainStore, KeyValueStore.Durability.PROCESS);
  }

  /** Deletes a few ticks of what lies far below {@code tick}. */
  private SigningState prune(KeyValueStore.Batch batch, long tick, SigningState before) {
    long journalUpTo = lowestFew(JOURNAL, journalPrunedTick, tick - KEEP_JOURNAL_TICKS);
    keys(JOURNAL, journalPrunedTick, journalUpTo).forEach(key -> batch.delete(JOURNAL, key));
    journalPrunedTick = journalUpTo;

    long upTo = lowestFew(RECORDS, before.prunedTick(), tick - KEEP_TICKS);
    if (upTo <= before.prunedTick()) {
      return before;
    }
    promises().prune(batch, upTo);
    Set<NumberKey> numbers = new HashSet<>();
    for (byte[] key : keys(RECORDS, before.prunedTick(), upTo)) {
      SigningRecord old = record(Place.read(key));
      if (old != null) {
        old.blocks().forEach(b -> numbers.add(new NumberKey(b.rollupId(), b.number())));
      }
      batch.delete(RECORDS, key);
    }
    for (NumberKey at : numbers) {
      List<NumberSeal> kept =
          seals(at.rollupId, at.number).stream().filter(seal -> seal.tick() > upTo).toList();
      if (kept.isEmpty()) {
        batch.delete(NUMBERS, numberKey(at.rollupId, at.number));
      } else {
        putNumber(batch, at.rollupId, at.number, kept);
      }
    }
    return before.withPrunedTick(upTo).withWatermark(Math.max(before.watermark(), upTo));
  }

  private record NumberKey(long rollupId, long number) {}

  /**
   * The tick up to which a small step of pruning goes; {@code prunedTick} when there is nothing.
   */
  private long lowestFew(Column column, long prunedTick, long target) {
    TreeSet<Long> first = new TreeSet<>();
    if (target > prunedTick) {
      store()
          .scan(
              column,
              Place.startOf(prunedTick + 1),
              (key, _) -> {
                first.add(Place.read(key).tick());
                return false;
              });
    }
    if (first.isEmpty() || first.first() > target) {
      return prunedTick;
    }
    return Math.min(target, first.first() + PRUNE_TICKS - 1);
  }

  private List<byte[]> keys(Column column, long afterTick, long upToTick) {
    List<byte[]> out = new ArrayList<>();
    if (upToTick > afterTick) {
      store()
          .scan(
              column,
              Place.startOf(afterTick + 1),
              (key, _) -> Place.read(key).tick() <= upToTick && out.add(key));
    }
    return out;
  }

  static byte[] numberKey(long rollupId, long number) {
    return Keys.join(Keys.number(rollupId), Keys.number(number));
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
  }
}
