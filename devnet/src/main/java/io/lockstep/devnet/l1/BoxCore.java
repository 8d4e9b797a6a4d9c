// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.ChainOptions;
import io.lockstep.execution.state.Genesis;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
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
      BoxStates states = new BoxStates(options.fork(), clock, db, validators);
      putGenesis(db, chainDb, states, proposers);
      BeaconEvents events = new BeaconEvents(options.clock());
      HeadListeners heads = new HeadListeners();
      BeaconBlock head = db.byExecution(chainDb.headHash());
      if (head == null) {
        throw new IllegalStateException(
            "the box has no beacon block for its head " + chainDb.headHash());
      }
      long now = first || !meta.live() ? 0 : slotNow(options, clock);
      BoxView view = BoxView.at(db, head, Math.max(head.slot(), now), meta.live());
      BeaconSide beacon =
          new BeaconSide(states, clock, db, validators, proposers, bodies(chainDb), view);
      BoxChain chain =
          new BoxChain(
              options, beacon, chainDb, new BlockMaker(genesis.forks(), genesis.chainId()), heads);
      heads.add(change -> events.onHead(change, beacon));
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
    return routes(
        chain.beacon(), options, genesis.chainId().toLongSaturated(), blobs, events, failure);
  }

  /** The beacon API over whatever chain. */
  static Routes routes(
      BeaconSide beacon,
      BoxOptions options,
      long chainId,
      BlobParams blobs,
      BeaconEvents events,
      Supplier<@Nullable Throwable> failure) {
    Routes routes = new Routes();
    BeaconIds ids = new BeaconIds(beacon);
    new BeaconApi(beacon, options, chainId, blobs, failure).addTo(routes);
    new BeaconBlocks(beacon, ids).addTo(routes);
    new BeaconStates(beacon, ids).addTo(routes);
    events.addTo(routes);
    return routes;
  }

  private static BeaconSide.Execution bodies(ChainDb chain) {
    return new BeaconSide.Execution() {
      @Override
      public @Nullable BlockHeader header(Hash32 hash) {
        return chain.headerByHash(hash);
      }

      @Override
      public @Nullable Block block(Hash32 hash) {
        return chain.block(hash);
      }
    };
  }

  private static Genesis genesis(BoxOptions options, BoxMeta meta) {
    try {
      return Genesis.parse(options.genesis().apply(meta.genesisSeconds()));
    } catch (DecodeException e) {
      throw new IllegalArgumentException("the box's genesis: " + e.getMessage(), e);
    }
  }

  private static BoxMeta meta(BoxOptions options, BeaconDb db, Validators validators) {
    BoxMeta meta = db.meta();
    if (meta == null) {
      long warmUp = (long) options.warmUpEpochs() * BoxOptions.SLOTS_PER_EPOCH;
      long genesis = options.clock().instant().getEpochSecond() - warmUp * options.slotSeconds();
      meta =
          new BoxMeta(
              genesis, BoxMeta.fingerprint(options, validators), options.manual(), new TreeMap<>());
      db.putMeta(meta);
    }
    return BoxMeta.same(meta, options, validators);
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
      db.putGenesis(states.genesis(genesis, proposers));
    }
  }
}
