// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.ChainOptions;
import io.lockstep.execution.state.Genesis;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A box without its disk, its servers and whoever gives slots their turns: the chain over a store
 * and what listens to its heads.
 */
record BoxCore(
    BoxOptions options,
    Genesis genesis,
    ChainDb chainDb,
    BoxChain chain,
    BeaconEvents events,
    HeadListeners heads) {
  private static final String COLUMN_PREFIX = "l1";

  /** The columns that a box's store must have. */
  static List<Column> columns() {
    List<Column> columns = new ArrayList<>(ChainDb.columns(COLUMN_PREFIX));
    columns.addAll(BeaconDb.COLUMNS);
    return columns;
  }

  /**
   * Goes on with what the store holds, or begins: slots since it stopped are missed.
   *
   * @throws IllegalArgumentException when the store holds a box with other settings
   */
  static BoxCore open(BoxOptions options, KeyValueStore store) {
    BeaconDb db = new BeaconDb(store);
    Validators validators = new Validators(options.validators(), options.validatorOwners());
    boolean first = db.meta() == null;
    BoxMeta meta = meta(options, db, validators);
    Genesis genesis = genesis(options, meta);
    ChainDb chainDb =
        ChainDb.open(
            store, COLUMN_PREFIX, genesis, ChainOptions.DEFAULT.withHistory(ChainOptions.ARCHIVE));
    try {
      SlotClock clock =
          new SlotClock(meta.genesisSeconds(), options.slotSeconds(), BoxOptions.SLOTS_PER_EPOCH);
      Proposers proposers =
          new Proposers(
              options.seed(), BoxOptions.SLOTS_PER_EPOCH, options.validators(), meta.proposers());
      putGenesis(db, chainDb, new BoxStates(clock, db, validators), proposers);
      BeaconEvents events = new BeaconEvents(options.clock());
      HeadListeners heads = new HeadListeners();
      BoxChain chain =
          new BoxChain(
              options,
              clock,
              chainDb,
              db,
              validators,
              proposers,
              new BlockMaker(genesis.forks(), genesis.chainId()),
              first || !meta.live() ? 0 : slotNow(options, clock),
              meta.live(),
              heads);
      heads.add(change -> events.onHead(change, chain));
      return new BoxCore(options, genesis, chainDb, chain, events, heads);
    } catch (RuntimeException e) {
      chainDb.close();
      throw e;
    }
  }

  /** The beacon API; {@code failure} says why no more blocks are made. */
  Routes beaconRoutes(Supplier<@Nullable Throwable> failure) {
    var head = chainDb.head();
    BlobParams blobs =
        genesis.forks().blobParams(genesis.forks().at(head.number(), head.timestampSeconds()));
    Routes routes = new Routes();
    BeaconIds ids = new BeaconIds(chain);
    new BeaconApi(chain, options, genesis.chainId().toLongSaturated(), blobs, failure)
        .addTo(routes);
    new BeaconBlocks(chain, ids).addTo(routes);
    new BeaconStates(chain, ids).addTo(routes);
    events.addTo(routes);
    return routes;
  }

  private static Genesis genesis(BoxOptions options, BoxMeta meta) {
    try {
      return Genesis.parse(options.genesis().apply(meta.genesisSeconds()));
    } catch (DecodeException e) {
      throw new IllegalArgumentException("the box's genesis: " + e.getMessage(), e);
    }
  }

  private static BoxMeta meta(BoxOptions options, BeaconDb db, Validators validators) {
    Hash32 fingerprint =
        Sha256.hash(
            ByteBuffer.allocate(16)
                .putLong(options.slotSeconds())
                .putLong(BoxOptions.SLOTS_PER_EPOCH)
                .array(),
            validators.registryRoot().toArray(),
            options.seed().toArray());
    BoxMeta meta = db.meta();
    if (meta == null) {
      long warmUp = (long) options.warmUpEpochs() * BoxOptions.SLOTS_PER_EPOCH;
      long genesis = options.clock().instant().getEpochSecond() - warmUp * options.slotSeconds();
      meta = new BoxMeta(genesis, fingerprint, options.manual(), new TreeMap<>());
      db.putMeta(meta);
    }
    if (!meta.fingerprint().equals(fingerprint)) {
      throw new IllegalArgumentException(
          options.dataDir()
              + " holds an L1 in a box with another slot length, other validators or owners:"
              + " use another folder or delete it");
    }
    return meta;
  }

  /** A running box finds itself at the clock's slot; a new one at its genesis. */
  private static long slotNow(BoxOptions options, SlotClock clock) {
    return clock.slotAt(options.clock().instant().getEpochSecond()).value();
  }

  private static void putGenesis(
      BeaconDb db, ChainDb chainDb, BoxStates states, Proposers proposers) {
    var genesis = chainDb.genesisHeader();
    Hash32 hash = genesis.hash();
    if (db.byExecution(hash) == null) {
      BeaconHeader header =
          new BeaconHeader(0, proposers.at(0), Hash32.ZERO, Hash32.ZERO, Hash32.ZERO);
      BeaconHeader complete = states.complete(header, genesis, proposers.lookahead(0));
      db.putGenesis(BeaconBlock.of(complete, hash, 0, List.of()));
    }
  }
}
