// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.snapshot;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.state.Genesis;
import io.lockstep.execution.state.StateImport;
import io.lockstep.execution.state.StateVisitor;
import io.lockstep.node.wire.LockstepNode;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.node.wire.StartFailure;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Begins a node's database from a snapshot. All is written under {@link
 * LockstepNode#IMPORTED_STORE}, which gets the database's name when it is whole and on the disk: a
 * node never sees a half one, and refuses to start beside it. One thread.
 */
public final class SnapshotImport {
  private final KeyValueStore store;
  private final List<Genesis> geneses;
  private final Hash32 clusterId;
  private final SnapshotReader in;
  private final Counted counted = new Counted();

  private SnapshotImport(
      KeyValueStore store, List<Genesis> geneses, Hash32 clusterId, SnapshotReader in) {
    this.store = store;
    this.geneses = geneses;
    this.clusterId = clusterId;
    this.in = in;
  }

  /**
   * Takes the snapshot.
   *
   * @throws SnapshotRefused when the file is damaged, false or another cluster's
   * @throws FileAlreadyExistsException when there is a database already
   */
  public static Snapshot read(Path dataDir, ClusterFile cluster, Path file)
      throws IOException, StartFailure, SnapshotRefused {
    Path db = dataDir.resolve(LockstepNode.MAIN_STORE);
    if (Files.exists(db)) {
      throw new FileAlreadyExistsException(db.toString());
    }
    Path staging = dataDir.resolve(LockstepNode.IMPORTED_STORE);
    try (SnapshotReader in =
        new SnapshotReader(new BufferedInputStream(Files.newInputStream(file)))) {
      deleteAll(staging);
      Snapshot done;
      try (RocksStore store = RocksStore.open(staging, NodeParts.columns(cluster))) {
        Hash32 clusterId =
            CommitmentDomain.clusterId(cluster.l1().chainId(), cluster.clusterInbox());
        done = new SnapshotImport(store, NodeParts.geneses(cluster), clusterId, in).readAll();
        store.sync();
      }
      Files.move(staging, db, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel folder = FileChannel.open(dataDir, StandardOpenOption.READ)) {
        folder.force(true);
      }
      return done;
    } catch (DecodeException e) {
      deleteAll(staging);
      throw new SnapshotRefused("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private Snapshot readAll() throws IOException, DecodeException {
    RlpReader manifest = RlpReader.over(expect(Frame.MANIFEST)).list();
    if (!manifest.hash().equals(clusterId)) {
      throw new DecodeException("it is a snapshot of another cluster");
    }
    long height = manifest.integer();
    List<String> marks =
        manifest.integer() == 1 ? List.of(Cluster.SAFE, Cluster.FINALIZED) : List.of(Cluster.SAFE);
    List<DerivationLog.Entry> entries = entries(manifest.list());
    manifest.end();
    if (entries.isEmpty() || entries.getLast().heightAfter() != height) {
      throw new DecodeException("it does not say where in L1 its blocks come from");
    }

    List<Hash32> hashes = new ArrayList<>();
    SnapshotReader.Read next = in.next();
    for (Genesis genesis : geneses) {
      if (next.kind() != Frame.ROLLUP) {
        throw new DecodeException("rollup " + genesis.chainId() + " is missing");
      }
      Incoming rollup = new Incoming(genesis, height, next.payload());
      next = rollup.state();
      hashes.add(rollup.finish(marks));
    }
    if (next.kind() != Frame.END) {
      throw new DecodeException("more follows than the cluster's rollups");
    }
    DerivationLog log = new DerivationLog(store);
    entries.forEach(log::append);
    return new Snapshot(height, hashes, entries.getLast().l1Number(), counted.accounts());
  }

  private static List<DerivationLog.Entry> entries(RlpReader list) throws DecodeException {
    List<DerivationLog.Entry> out = new ArrayList<>();
    while (list.hasNext()) {
      RlpReader item = list.list();
      DerivationLog.Entry entry = DerivationLog.decode(item.integer(), item.bytes());
      item.end();
      if (!out.isEmpty() && entry.batchIndex() != out.getLast().batchIndex() + 1) {
        throw new DecodeException("its entries of the derivation log have a gap");
      }
      out.add(entry);
    }
    return out;
  }

  /** One rollup as it comes in. */
  private final class Incoming {
    private final StateImport target;
    private final Block block;
    private final List<Receipt> receipts = new ArrayList<>();
    private final List<BlockHeader> ancestors = new ArrayList<>();

    Incoming(Genesis genesis, long height, byte[] payload) throws DecodeException {
      this.target = StateImport.begin(store, NodeParts.prefix(genesis), genesis);
      RlpReader in = RlpReader.over(payload).list();
      long id = in.integer();
      Hash32 genesisHash = in.hash();
      this.block = Block.decode(in.bytes(Frame.LIMIT_BYTES));
      RlpReader receiptList = in.list();
      while (receiptList.hasNext()) {
        receipts.add(Receipt.decode(receiptList.bytes(Frame.LIMIT_BYTES)));
      }
      RlpReader headers = in.list();
      while (headers.hasNext()) {
        ancestors.add(BlockHeader.decode(headers.bytes(Frame.LIMIT_BYTES)));
      }
      in.end();
      boolean ours =
          genesis.chainId().equals(UInt256.of(id))
              && genesisHash.equals(target.genesisHeader().hash())
              && block.header().number() == height;
      if (!ours) {
        throw new DecodeException("it is not a snapshot of rollup " + genesis.chainId());
      }
    }

    /** Reads code and state; gives the frame that follows. */
    SnapshotReader.Read state() throws IOException, DecodeException {
      StateVisitor visitor = counted.over(target);
      while (true) {
        SnapshotReader.Read next = in.next();
        switch (next.kind()) {
          case CODE -> visitor.code(Bytes.wrap(next.payload()));
          case STATE -> tell(next.payload(), visitor);
          case MANIFEST, ROLLUP, END -> {
            return next;
          }
        }
      }
    }

    private static void tell(byte[] payload, StateVisitor visitor)
        throws IOException, DecodeException {
      RlpReader entries = RlpReader.over(payload).list();
      while (entries.hasNext()) {
        RlpReader entry = entries.list();
        long kind = entry.integer();
        if (kind == Frame.ACCOUNT) {
          Address address = entry.address();
          visitor.account(
              address,
              new AccountState(entry.unsignedLong(), entry.uint256(), entry.hash(), false));
        } else if (kind == Frame.WORD) {
          visitor.word(entry.uint256(), entry.uint256());
        } else {
          throw new DecodeException("an entry of kind " + kind + " in its state");
        }
        entry.end();
      }
    }

    Hash32 finish(List<String> marks) throws DecodeException {
      target.finish(block, receipts, ancestors, marks);
      return block.header().hash();
    }
  }

  private byte[] expect(Frame kind) throws IOException, DecodeException {
    SnapshotReader.Read read = in.next();
    if (read.kind() != kind) {
      throw new DecodeException("it has %s where %s must be".formatted(read.kind(), kind));
    }
    return read.payload();
  }

  private static void deleteAll(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
