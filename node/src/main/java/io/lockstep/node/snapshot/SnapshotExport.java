// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.snapshot;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.node.wire.LockstepNode;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.node.wire.StartFailure;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.storage.kv.RocksStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Writes a stopped node's derived state to a file. One thread. */
public final class SnapshotExport {
  /** Entries of the derivation log that go along, for an L1 reorg while the node was away. */
  private static final int LOG_ENTRIES = 256;

  /** For BLOCKHASH. */
  private static final int ANCESTORS = 256;

  private SnapshotExport() {}

  /**
   * Writes the snapshot; the file appears under its name only when it is whole and on the disk.
   *
   * @param mark {@code finalized} or {@code safe}
   * @throws SnapshotRefused when there is nothing to write
   */
  public static Snapshot write(Path dataDir, ClusterFile cluster, String mark, Path out)
      throws IOException, StartFailure, SnapshotRefused {
    Path db = dataDir.resolve(LockstepNode.MAIN_STORE);
    if (!Files.isDirectory(db)) {
      throw new NoSuchFileException(db.toString(), null, "there is no database");
    }
    if (Files.exists(out)) {
      throw new FileAlreadyExistsException(out.toString());
    }
    Path unfinished = out.resolveSibling(out.getFileName() + ".part");
    try (RocksStore store = RocksStore.open(db, NodeParts.columns(cluster))) {
      Cluster chains = NodeParts.chains(store, cluster);
      Snapshot done = write(chains, new DerivationLog(store), cluster, mark, unfinished);
      Files.move(unfinished, out, StandardCopyOption.ATOMIC_MOVE);
      return done;
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static Snapshot write(
      Cluster chains, DerivationLog log, ClusterFile cluster, String mark, Path file)
      throws IOException, SnapshotRefused {
    Rollup first = chains.first();
    long marked =
        (mark.equals(Cluster.SAFE) ? chains.safe(first) : chains.finalized(first)).number();
    List<DerivationLog.Entry> entries = entries(log, marked);
    if (entries.isEmpty() || entries.getFirst().heightAfter() == 0) {
      throw new SnapshotRefused(
          "no %s block was derived from L1 yet: there is nothing to write".formatted(mark));
    }
    long height = entries.getFirst().heightAfter();
    List<Hash32> hashes = new ArrayList<>();
    Counted counted = new Counted();
    try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        SnapshotWriter out =
            new SnapshotWriter(new BufferedOutputStream(Channels.newOutputStream(channel)))) {
      out.write(Frame.MANIFEST, manifest(cluster, height, mark, entries));
      for (Rollup rollup : chains.rollups()) {
        hashes.add(write(rollup, height, out, counted));
      }
      out.finish();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    return new Snapshot(height, hashes, entries.getFirst().l1Number(), counted.accounts());
  }

  /** The log's newest entries that led no higher than {@code height}, newest first. */
  private static List<DerivationLog.Entry> entries(DerivationLog log, long height) {
    List<DerivationLog.Entry> out = new ArrayList<>();
    for (DerivationLog.Entry entry = log.last();
        entry != null && out.size() < LOG_ENTRIES;
        entry = log.before(entry)) {
      if (entry.heightAfter() <= height) {
        out.add(entry);
      }
    }
    return out;
  }

  private static byte[] manifest(
      ClusterFile cluster, long height, String mark, List<DerivationLog.Entry> entries) {
    RlpWriter out =
        new RlpWriter(64 + entries.size() * 200)
            .startList()
            .hash(CommitmentDomain.clusterId(cluster.l1().chainId(), cluster.clusterInbox()))
            .integer(height)
            .integer(mark.equals(Cluster.FINALIZED) ? 1 : 0)
            .startList();
    for (DerivationLog.Entry entry : entries.reversed()) {
      out.startList().integer(entry.batchIndex()).bytes(DerivationLog.encode(entry)).endList();
    }
    return out.endList().endList().toArray();
  }

  private static Hash32 write(Rollup rollup, long height, SnapshotWriter out, Counted counted)
      throws IOException, SnapshotRefused {
    ChainDb chain = rollup.chain();
    Hash32 hash = chain.canonicalHash(height);
    Block block = hash == null ? null : chain.block(hash);
    List<Receipt> receipts = hash == null ? null : chain.receipts(hash);
    if (hash == null || block == null || receipts == null) {
      throw new SnapshotRefused("rollup %d has no whole block %d".formatted(rollup.id(), height));
    }
    RlpWriter head =
        new RlpWriter(1 << 20)
            .startList()
            .integer(rollup.id())
            .hash(chain.genesisHeader().hash())
            .bytes(block.encoded())
            .startList();
    receipts.forEach(receipt -> head.bytes(receipt.encoded()));
    head.endList().startList();
    Hash32 parent = block.header().parentHash();
    for (int i = 0; i < ANCESTORS; i++) {
      BlockHeader header = chain.headerByHash(parent);
      if (header == null) {
        break;
      }
      head.bytes(header.encoded());
      parent = header.parentHash();
    }
    out.write(Frame.ROLLUP, head.endList().endList().toArray());
    try {
      chain.exportState(hash, counted.over(out));
    } catch (IllegalArgumentException tooDeep) {
      throw new SnapshotRefused(
          "rollup %d: %s".formatted(rollup.id(), String.valueOf(tooDeep.getMessage())));
    }
    out.endState();
    return hash;
  }
}
