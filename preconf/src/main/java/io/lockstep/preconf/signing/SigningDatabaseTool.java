// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import io.lockstep.storage.kv.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Export, import and renewal of the signing database of a node that does not run: a running one
 * holds the stores' locks, and each method ends with a {@link StorageException} that says so. One
 * thread.
 *
 * @param mainDir the node's main store; it need not be there
 * @param signingDir its signing database
 */
public record SigningDatabaseTool(Path mainDir, Path signingDir, SigningScope scope) {
  /** Frags of so many of the newest ticks are exported; the watermark covers the others. */
  static final long EXPORTED_FRAG_TICKS = 256;

  private static final int COMMIT_RECORDS = 4_096;

  /** What an import did. */
  public record Imported(int records, int contradictions) {}

  /**
   * The whole database.
   *
   * @throws SigningDatabaseRefused when there is none or it is another committer's
   */
  public ObjectNode export() throws SigningDatabaseRefused {
    if (!SigningDatabaseOpening.exists(signingDir)) {
      throw new StorageException("there is no signing database in " + signingDir);
    }
    try (RocksStore store = SigningDatabaseOpening.openStore(signingDir)) {
      SigningIdentity identity = SigningDatabaseOpening.identity(store);
      if (identity == null) {
        throw new StorageException("the signing database in " + signingDir + " is empty");
      }
      identity.requireScope(scope);
      SigningState state = SigningDatabaseOpening.state(store);
      SigningDatabase database =
          new SigningDatabase(store, store, scope, identity.id(), state, null);
      return interchange(database).toJson();
    }
  }

  static SigningInterchange interchange(SigningDatabase database) {
    Place highest = database.highest();
    long fragsAbove = highest == null ? -1 : highest.tick() - EXPORTED_FRAG_TICKS;
    Map<Place, SigningRecord> records = new LinkedHashMap<>();
    Map<SigningInterchange.BlockAt, Boolean> finals = new LinkedHashMap<>();
    database.eachRecord((place, record) -> {
      if (place.seal() || place.tick() > fragsAbove) {
        records.put(place, record);
      }
      for (SigningRecord.SealedNumber block : record.blocks()) {
        boolean isFinal =
            database.seals(block.rollupId(), block.number()).stream()
                .anyMatch(seal -> seal.isFinal() && seal.blockHash().equals(block.blockHash()));
        finals.put(new SigningInterchange.BlockAt(place.tick(), block.rollupId()), isFinal);
      }
    });
    SigningState state = database.state();
    return new SigningInterchange(
        database.scope(),
        state.watermark(),
        state.reservation(),
        state.lastEopWindowSlot(),
        records,
        finals);
  }

  /**
   * Merges an export into the database, which is made when there is none. It counts as restored
   * then: it is listened for a doppelganger, and the current window is passed over. What stood in
   * the way of signing before is cleared; no watermark is lowered.
   *
   * @throws SigningDatabaseRefused when either belongs to another cluster or committer
   * @throws DecodeException when the file is not an export; nothing is changed then
   */
  public Imported importFrom(JsonNode json) throws DecodeException, SigningDatabaseRefused {
    SigningInterchange imported = SigningInterchange.parse(json, scope);
    return inBothStores(database -> take(database, imported));
  }

  static Imported take(SigningDatabase database, SigningInterchange imported) {
    long spent = Math.max(imported.watermark(), imported.reservation());
    for (Place place : imported.records().keySet()) {
      spent = Math.max(spent, place.tick());
    }
    // First: whatever becomes of the rest, nothing more is signed where it could contradict.
    SigningState safe = restored(database);
    database.change(
        safe.withWatermark(Math.max(safe.watermark(), spent))
            .withLastEopWindowSlot(
                Math.max(safe.lastEopWindowSlot(), imported.lastEopWindowSlot())));
    Imported done = merge(database, imported);
    database.change(database.state().withHold(null));
    return done;
  }

  /**
   * Makes the database one that is as good as new: what it holds is kept, it is listened for a full
   * wait, the current window is passed over, and what stood in the way of signing is cleared.
   */
  public void renew() throws SigningDatabaseRefused {
    var _ =
        inBothStores(database -> {
          renew(database);
          return new Imported(0, 0);
        });
  }

  static void renew(SigningDatabase database) {
    database.change(restored(database).withHold(null));
  }

  private static SigningState restored(SigningDatabase database) {
    SigningState state = database.state();
    Place highest = database.highest();
    long tick = highest == null ? -1 : highest.tick();
    return state
        .withRestored(true)
        .withMustListen(true)
        .withWatermark(Math.max(state.watermark(), Math.max(state.reservation(), tick)))
        .withClosedTick(Math.max(state.closedTick(), tick));
  }

  private static Imported merge(SigningDatabase database, SigningInterchange imported) {
    int records = 0;
    int contradictions = 0;
    KeyValueStore.Batch batch = database.newBatch();
    for (Map.Entry<Place, SigningRecord> entry : imported.records().entrySet()) {
      Place place = entry.getKey();
      SigningRecord record = entry.getValue();
      SigningRecord known = database.record(place);
      if (known != null && !known.identity().equals(record.identity())) {
        contradictions++;
      }
      if (known == null) {
        batch.put(SigningDatabase.RECORDS, place.key(), record.encoded());
        if (++records % COMMIT_RECORDS == 0) {
          database.store().commit(batch, KeyValueStore.Durability.PROCESS);
          batch = database.newBatch();
        }
      }
      for (SigningRecord.SealedNumber block : record.blocks()) {
        boolean isFinal =
            Boolean.TRUE.equals(
                imported
                    .finals()
                    .get(new SigningInterchange.BlockAt(place.tick(), block.rollupId())));
        // A number may stand in several seals: each is merged with what the last one left.
        mergeNumber(database, place.tick(), record, block, isFinal);
      }
    }
    database.store().commit(batch, KeyValueStore.Durability.FSYNC);
    return new Imported(records, contradictions);
  }

  private static void mergeNumber(
      SigningDatabase database,
      long tick,
      SigningRecord record,
      SigningRecord.SealedNumber block,
      boolean isFinal) {
    List<NumberSeal> seals = new ArrayList<>(database.seals(block.rollupId(), block.number()));
    boolean isKnown =
        seals.stream()
            .anyMatch(
                seal -> seal.blockHash().equals(block.blockHash()) && (seal.isFinal() || !isFinal));
    if (isKnown) {
      return;
    }
    seals.removeIf(seal -> seal.blockHash().equals(block.blockHash()));
    seals.add(new NumberSeal(block.blockHash(), block.parentHash(), tick, record.ctx(), isFinal));
    KeyValueStore.Batch batch = database.newBatch();
    database.putNumber(batch, block.rollupId(), block.number(), seals);
    database.store().commit(batch, KeyValueStore.Durability.PROCESS);
  }

  @FunctionalInterface
  private interface Change {
    Imported apply(SigningDatabase database);
  }

  /** Opens both stores, makes the database when there is none, and lets the main one know it. */
  private Imported inBothStores(Change change) throws SigningDatabaseRefused {
    try (Main main = Main.open(mainDir);
        RocksStore store = SigningDatabaseOpening.openStore(signingDir)) {
      SigningIdentity identity = SigningDatabaseOpening.identity(store);
      if (identity == null) {
        identity =
            SigningDatabaseOpening.create(
                store, scope, SigningState.fresh(Lease.here(signingDir, true), true));
      }
      identity.requireScope(scope);
      SigningState state = SigningDatabaseOpening.state(store);
      SigningDatabase database =
          new SigningDatabase(store, store, scope, identity.id(), state, null);
      Imported done = change.apply(database);
      if (main.store != null) {
        new KnownDatabase(identity.id(), database.state().reservation())
            .write(main.store, KeyValueStore.Durability.FSYNC);
      }
      return done;
    } catch (IOException e) {
      throw new StorageException("cannot read where the signing database is: " + signingDir, e);
    }
  }

  /** The main store, if there is one: a node that has never run has none. */
  private record Main(@Nullable RocksStore store) implements AutoCloseable {
    static Main open(Path dir) {
      return Files.exists(dir.resolve("CURRENT"))
          ? new Main(RocksStore.open(dir, SigningDatabase.mainColumns()))
          : new Main(null);
    }

    @Override
    public void close() {
      if (store != null) {
        store.close();
      }
    }
  }
}
