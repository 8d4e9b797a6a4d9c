// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.preset.Preset;
import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.PreparedRoot;
import io.lockstep.node.testing.TestContracts;
import io.lockstep.node.wire.LockstepNode;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Snapshot files out of one data folder and into another one, whole and damaged. */
class SnapshotFileTest {
  private static final int HEAD = 30;
  private static final int FINALIZED = 20;
  private static final Address CONTRACT = Address.ofLong(0x77);
  private static final Bytes CODE = Bytes.fromHex("0x6001600255");

  @TempDir Path dir;
  private Path from;
  private Path to;
  private Path file;

  @BeforeEach
  void fill() throws Exception {
    from = Files.createDirectories(dir.resolve("from"));
    to = Files.createDirectories(dir.resolve("to"));
    file = dir.resolve("file");
    try (RocksStore store =
        RocksStore.open(from.resolve(LockstepNode.MAIN_STORE), NodeParts.columns(cluster(1)))) {
      Cluster chains = NodeParts.chains(store, cluster(1));
      ChainDb chain = chains.first().chain();
      for (int i = 1; i <= HEAD; i++) {
        append(chain, i);
      }
      DerivationLog log = new DerivationLog(store);
      for (int i = 1; i <= 6; i++) {
        log.append(entry(i, i * 5L));
      }
      chains.markSafe(HEAD);
      chains.markFinalized(FINALIZED);
    }
  }

  @Test
  void whatIsFinalizedComesOverWithItsPlaceInL1() throws Exception {
    Snapshot written = SnapshotExport.write(from, cluster(1), Cluster.FINALIZED, file);
    Snapshot taken = SnapshotImport.read(to, cluster(1), file);

    assertThat(taken).isEqualTo(written);
    assertThat(taken.height()).isEqualTo(FINALIZED);
    assertThat(taken.l1Number()).isEqualTo(104);
    try (RocksStore store =
        RocksStore.open(to.resolve(LockstepNode.MAIN_STORE), NodeParts.columns(cluster(1)))) {
      Cluster chains = NodeParts.chains(store, cluster(1));
      ChainDb chain = chains.first().chain();
      assertThat(chains.height()).isEqualTo(FINALIZED);
      assertThat(chains.safeHeight()).isEqualTo(FINALIZED);
      assertThat(chains.finalized(chains.first()).number()).isEqualTo(FINALIZED);
      assertThat(chain.headHash()).isEqualTo(taken.blockHashes().getFirst());
      assertThat(chain.headState().storage(CONTRACT, UInt256.of(7)))
          .isEqualTo(UInt256.of(FINALIZED));
      assertThat(chain.headState().code(Keccak.hash(CODE))).isEqualTo(CODE);
      assertThat(chain.ancestorHashes().apply(1)).isNotEqualTo(Hash32.ZERO);
      DerivationLog log = new DerivationLog(store);
      assertThat(log.last()).isEqualTo(entry(4, FINALIZED));
      assertThat(log.newestUpTo(101)).isEqualTo(entry(1, 5));
      for (int i = FINALIZED + 1; i <= HEAD; i++) {
        append(chain, i);
      }
    }
    Snapshot safe = SnapshotExport.write(from, cluster(1), Cluster.SAFE, dir.resolve("safe"));
    assertThat(safe.height()).isEqualTo(HEAD);
  }

  @Test
  void everyDamagedByteAndEveryShorterFileIsRefusedAndLeavesNothing() throws Exception {
    SnapshotExport.write(from, cluster(1), Cluster.FINALIZED, file);
    byte[] good = Files.readAllBytes(file);
    Path bad = dir.resolve("bad");
    for (int at = 0; at < good.length; at += 1 + good.length / 15) {
      byte[] flipped = good.clone();
      flipped[at] ^= 1;
      Files.write(bad, flipped);
      refuse(bad);
      Files.write(bad, Arrays.copyOf(good, at));
      refuse(bad);
    }
    Files.write(bad, Arrays.copyOf(good, good.length + 9));
    refuse(bad);
    SnapshotImport.read(to, cluster(1), file);
  }

  private void refuse(Path bad) {
    assertThatThrownBy(() -> SnapshotImport.read(to, cluster(1), bad))
        .isInstanceOf(SnapshotRefused.class)
        .hasMessageContaining(bad.toString());
    assertThat(to).isEmptyDirectory();
  }

  @Test
  void anotherClusterAnOccupiedFolderAndNothingFinalizedAreRefused() throws Exception {
    SnapshotExport.write(from, cluster(1), Cluster.FINALIZED, file);

    assertThatThrownBy(() -> SnapshotImport.read(to, cluster(2), file))
        .isInstanceOf(SnapshotRefused.class)
        .hasMessageContaining("another cluster");
    assertThatThrownBy(() -> SnapshotImport.read(from, cluster(1), file))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> SnapshotExport.write(from, cluster(1), Cluster.SAFE, file))
        .isInstanceOf(FileAlreadyExistsException.class);
    try (RocksStore store =
        RocksStore.open(from.resolve(LockstepNode.MAIN_STORE), NodeParts.columns(cluster(1)))) {
      NodeParts.chains(store, cluster(1)).markFinalized(0);
    }
    assertThatThrownBy(
            () -> SnapshotExport.write(from, cluster(1), Cluster.FINALIZED, dir.resolve("none")))
        .isInstanceOf(SnapshotRefused.class)
        .hasMessageContaining("no finalized block");
    assertThat(dir.resolve("none")).doesNotExist();
    assertThat(dir.resolve("none.part")).doesNotExist();
  }

  @Test
  void anImportThatWasKilledIsBegunAnew() throws Exception {
    SnapshotExport.write(from, cluster(1), Cluster.FINALIZED, file);
    // What a kill leaves behind: some of a store under the other name.
    Path half = to.resolve(LockstepNode.IMPORTED_STORE);
    RocksStore.open(half, NodeParts.columns(cluster(1))).close();
    Files.writeString(half.resolve("000099.log"), "torn");

    SnapshotImport.read(to, cluster(1), file);

    assertThat(half).doesNotExist();
    assertThat(to.resolve(LockstepNode.MAIN_STORE)).isDirectory();
  }

  private static DerivationLog.Entry entry(long index, long height) {
    return new DerivationLog.Entry(
        index,
        100 + index,
        Hash32.ofWords(1, 0, 0, index),
        Hash32.ofWords(2, 0, 0, index),
        Hash32.ofWords(3, 0, 0, index),
        height,
        90 + index,
        80 + index,
        index == 4 ? "" : "some reason");
  }

  private static void append(ChainDb chain, int number) {
    BlockHeader parent = chain.head();
    Map<Address, AccountChange> accounts = new LinkedHashMap<>();
    for (int i = 0; i < 40; i++) {
      accounts.put(
          Address.ofLong(1000 + (i * 31 + number) % 400),
          new AccountChange(
              new AccountState(number, UInt256.of(number * 1000L + i), Keccak.EMPTY, false),
              false,
              Map.of()));
    }
    accounts.put(
        CONTRACT,
        new AccountChange(
            new AccountState(1, UInt256.ZERO, Keccak.hash(CODE), true),
            false,
            Map.of(UInt256.of(7), UInt256.of(number), UInt256.of(1000 + number), UInt256.ONE)));
    StateDiff diff = new StateDiff(accounts, Map.of(Keccak.hash(CODE), CODE));
    BlockEnv env =
        new BlockEnv(
            number,
            chain.headHash(),
            parent.timestampSeconds() + 1,
            Address.ZERO,
            Hash32.ZERO,
            UInt256.ZERO,
            30_000_000,
            UInt256.of(7),
            0,
            Hash32.ZERO,
            Bytes.EMPTY);
    ExecutedBlock executed = new ExecutedBlock(env, List.of(), List.of(), 0, 0, null, diff);
    PreparedRoot root = chain.prepare(diff);
    chain.append(BlockRules.seal(executed, root.stateRoot()), executed, root, Durability.PROCESS);
  }

  private static ClusterFile cluster(long inbox) {
    String genesis =
        """
        {"config": {"chainId": 901, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0,
           "eip158Block": 0, "byzantiumBlock": 0, "constantinopleBlock": 0, "petersburgBlock": 0,
           "istanbulBlock": 0, "berlinBlock": 0, "londonBlock": 0, "terminalTotalDifficulty": 0,
           "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 0},
         "gasLimit": "0x1c9c380", "difficulty": "0x0", "timestamp": "0x65",
         "alloc": {"0x0000000000000000000000000000000000000001": {"balance": "0x64"}}}
        """;
    return new ClusterFile(
        new ClusterFile.L1(900, Hash32.ofWords(1, 2, 3, 4)),
        TestContracts.withInbox(Address.ofLong(inbox)),
        17,
        Preset.DEVNET.parameters(),
        List.of(new ClusterFile.Rollup(901, JsonMapper.shared().readTree(genesis))));
  }
}
