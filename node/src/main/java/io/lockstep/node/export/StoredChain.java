// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.export;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.node.wire.LockstepNode;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.node.wire.StartFailure;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.RocksStore;
import io.lockstep.storage.kv.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The chain in the directory of a node that does not run. One thread. */
public final class StoredChain implements ExportSource {
  private final RocksStore store;
  private final ChainDb chain;
  private final JsonNode genesis;

  private StoredChain(RocksStore store, ChainDb chain, JsonNode genesis) {
    this.store = store;
    this.chain = chain;
    this.genesis = genesis;
  }

  /**
   * Opens one.
   *
   * @param dir the node's data directory
   * @param clusterFile the deployment, null for the one that the node has kept there
   * @param rollup chain id, null for the first rollup
   */
  public static StoredChain open(Path dir, @Nullable Path clusterFile, @Nullable Long rollup)
      throws ExportFailure {
    Path main = dir.resolve(LockstepNode.MAIN_STORE);
    // Opening makes what is missing; an export must not begin a node.
    if (!Files.isDirectory(main)) {
      throw new ExportFailure(
          ExportFailure.Kind.USAGE,
          Files.exists(dir.resolve("devnet.json"))
              ? dir + " holds a devnet: give one node's directory, such as operator-0/data in it"
              : dir + " is not a node's data directory: it has no " + LockstepNode.MAIN_STORE);
    }
    Path file = clusterFile == null ? dir.resolve(LockstepNode.CLUSTER_FILE) : clusterFile;
    ClusterFile cluster = cluster(file, clusterFile == null);
    ClusterFile.Rollup wanted = rollup(cluster, rollup, file);
    RocksStore store = null;
    try {
      store = RocksStore.open(main, NodeParts.columns(cluster));
      StoredChain opened =
          new StoredChain(store, NodeParts.storedChain(store, wanted), wanted.genesis());
      store = null;
      return opened;
    } catch (StartFailure e) {
      throw new ExportFailure(ExportFailure.Kind.USAGE, file + ": " + e.text(), e);
    } catch (StorageException e) {
      throw unreadable(e);
    } finally {
      if (store != null) {
        store.close();
      }
    }
  }

  private static ClusterFile cluster(Path file, boolean kept) throws ExportFailure {
    try {
      return ClusterFile.read(file);
    } catch (IOException e) {
      throw new ExportFailure(
          ExportFailure.Kind.USAGE,
          file + " cannot be read" + (kept ? ": give the deployment with --cluster" : ""),
          e);
    } catch (DecodeException e) {
      throw new ExportFailure(ExportFailure.Kind.USAGE, file + ": " + e.getMessage(), e);
    }
  }

  private static ClusterFile.Rollup rollup(ClusterFile cluster, @Nullable Long chainId, Path file)
      throws ExportFailure {
    for (ClusterFile.Rollup rollup : cluster.rollups()) {
      if (chainId == null || rollup.chainId() == chainId) {
        return rollup;
      }
    }
    throw new ExportFailure(
        ExportFailure.Kind.USAGE,
        "no rollup "
            + chainId
            + " in "
            + file
            + ", there is "
            + cluster.rollups().stream().map(ClusterFile.Rollup::chainId).toList());
  }

  private static ExportFailure unreadable(StorageException e) {
    return new ExportFailure(ExportFailure.Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e);
  }

  @Override
  public JsonNode genesis() {
    return genesis;
  }

  @Override
  public long head() {
    return chain.head().number();
  }

  @Override
  public Hash32 hash(long number) throws ExportFailure {
    try {
      Hash32 hash = chain.canonicalHash(number);
      if (hash == null) {
        throw missing(number);
      }
      return hash;
    } catch (StorageException e) {
      throw unreadable(e);
    }
  }

  @Override
  public Block block(long number) throws ExportFailure {
    try {
      Block block = chain.block(hash(number));
      if (block == null) {
        throw missing(number);
      }
      return block;
    } catch (StorageException e) {
      throw unreadable(e);
    }
  }

  private static ExportFailure missing(long number) {
    return new ExportFailure(
        ExportFailure.Kind.UNAVAILABLE, "block " + number + " is not in the store");
  }

  @Override
  public void close() {
    chain.close();
    store.close();
  }
}
