// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksSettings;
import io.lockstep.storage.kv.RocksStore;
import io.lockstep.storage.kv.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Finds out what a signing database is worth before anything is signed with it. One thread. */
final class SigningDatabaseOpening {
  private static final long MIB = 1L << 20;
  private static final RocksSettings SETTINGS =
      new RocksSettings(4 * MIB, 2 * MIB, 8 * MIB, 16 * MIB, 64);

  private SigningDatabaseOpening() {}

  static boolean exists(Path dir) {
    return Files.exists(dir.resolve("CURRENT"));
  }

  static RocksStore openStore(Path dir) {
    boolean isNew = !exists(dir);
    RocksStore store = RocksStore.open(dir, SigningDatabase.COLUMNS, SETTINGS);
    if (isNew) {
      syncName(dir, store);
    }
    return store;
  }

  /** The name of a new directory is on the disk too, not only what is in it. */
  private static void syncName(Path dir, RocksStore store) {
    Path parent = dir.toAbsolutePath().getParent();
    if (parent == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      store.close();
      throw new StorageException("cannot sync the directory " + parent, e);
    }
  }

  static SigningDatabase open(
      Path dir, KeyValueStore mainStore, SigningScope scope, KeyValueStore.Durability durability)
      throws SigningDatabaseRefused {
    KnownDatabase known = KnownDatabase.read(mainStore);
    if (known != null && !exists(dir)) {
      return absent(
          null,
          mainStore,
          scope,
          "the node's main database knows the signing database "
              + known.id()
              + " and there is none in "
              + dir);
    }
    RocksStore store = openStore(dir);
    try {
      Lease here = Lease.here(dir, durability == KeyValueStore.Durability.FSYNC);
      return over(store, mainStore, scope, here);
    } catch (IOException e) {
      store.close();
      throw new StorageException("cannot read where the signing database is: " + dir, e);
    } catch (SigningDatabaseRefused | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** As {@link #open} with a store that is open already. */
  static SigningDatabase over(
      KeyValueStore store, KeyValueStore mainStore, SigningScope scope, Lease here)
      throws SigningDatabaseRefused {
    KnownDatabase known = KnownDatabase.read(mainStore);
    SigningIdentity identity = identity(store);
    if (identity == null) {
      if (known != null) {
        return absent(
            store,
            mainStore,
            scope,
            "the node's main database knows the signing database "
                + known.id()
                + " and the one found is empty");
      }
      identity = create(store, scope, SigningState.fresh(here, false));
    }
    identity.requireScope(scope);
    if (known != null && !known.id().equals(identity.id())) {
      return absent(
          store,
          mainStore,
          scope,
          "the node's main database knows the signing database "
              + known.id()
              + " and the one found is "
              + identity.id());
    }
    SigningDatabase database =
        new SigningDatabase(store, mainStore, scope, identity.id(), state(store), null);
    takeUp(database, here, known);
    new KnownDatabase(identity.id(), database.state().reservation())
        .write(mainStore, KeyValueStore.Durability.FSYNC);
    return database;
  }

  /** Makes an empty database; it is on the disk when this returns. */
  static SigningIdentity create(KeyValueStore store, SigningScope scope, SigningState state) {
    SigningIdentity identity = SigningIdentity.fresh(scope);
    store.commit(
        store
            .newBatch()
            .put(SigningDatabase.META, SigningDatabase.IDENTITY_KEY, identity.encoded())
            .put(SigningDatabase.META, SigningDatabase.STATE_KEY, state.encoded()),
        KeyValueStore.Durability.FSYNC);
    return identity;
  }

  static @Nullable SigningIdentity identity(KeyValueStore store) throws SigningDatabaseRefused {
    byte[] stored = store.get(SigningDatabase.META, SigningDatabase.IDENTITY_KEY);
    try {
      return stored == null ? null : SigningIdentity.decode(stored);
    } catch (DecodeException e) {
      throw new StorageException("the signing database's identity is damaged", e);
    }
  }

  static SigningState state(KeyValueStore store) {
    byte[] stored = store.get(SigningDatabase.META, SigningDatabase.STATE_KEY);
    if (stored == null) {
      throw new StorageException("the signing database has lost its state");
    }
    try {
      return SigningState.decode(stored);
    } catch (DecodeException e) {
      throw new StorageException("the signing database's state is damaged", e);
    }
  }

  /** What a start changes: all that was reserved is spent, and a move is noticed. */
  private static void takeUp(SigningDatabase database, Lease here, @Nullable KnownDatabase known) {
    SigningState was = database.state();
    SigningState next = was.withWatermark(Math.max(was.watermark(), was.reservation()));
    if (!was.lease().isSamePlace(here)) {
      next = next.withMustListen(true);
    }
    if (!was.lease().hasLostNothing(here) && database.highest() != null) {
      // The newest seals may be gone, and with them what their block numbers were: as after a
      // restoring, nothing more of the window is signed.
      next = next.withRestored(true);
    }
    boolean isWhole =
        !next.mustListen()
            && !next.restored()
            && next.hold() == null
            && database.unanswered() == null
            && (!database.hasAsked() || was.lease().isSameBoot(here));
    Place highest = database.highest();
    if (!isWhole && highest != null) {
      // More may have been released of that tick than is known here, or signed for it by a holder
      // of the key that was asked and not heard; what was asked is not synced as records are.
      next = next.withClosedTick(Math.max(next.closedTick(), highest.tick()));
    }
    if (known != null && known.reservation() > was.reservation() && next.hold() == null) {
      next =
          next.withHold(
              new Hold(
                  Hold.Kind.OLDER,
                  "the node's main database knows ticks up to "
                      + known.reservation()
                      + " as spent, the signing database up to "
                      + was.reservation()));
    }
    database.change(next.withLease(here));
  }

  private static SigningDatabase absent(
      @Nullable KeyValueStore store, KeyValueStore mainStore, SigningScope scope, String why) {
    SigningState nothing = SigningState.fresh(new Lease("", "", "", "", "", true), false);
    return new SigningDatabase(store, mainStore, scope, "", nothing, why);
  }
}
