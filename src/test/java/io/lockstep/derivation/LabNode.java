// SPDX-License-Identifier: Apache-2.0
package io.lockstep.derivation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.block.TxOutcome;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.TableEntry;
import io.lockstep.sequencer.derive.Derivation;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.derive.FetchedBatch;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.inbound.InboundLog;
import io.lockstep.sequencer.tick.InsertionRules;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.TickPlan;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The chains of one node and its derivation, over a real store. One thread. */
final class LabNode implements AutoCloseable {
  private final Lab lab;
  private final Path dir;
  private KeyValueStore store;
  Cluster cluster;
  DerivationLog log;
  Derivation derivation;
  private long toldTo;

  LabNode(Lab lab, Path dir) {
    this.lab = lab;
    this.dir = dir;
    open();
  }

  private void open() {
    List<Column> columns = new ArrayList<>(DerivationLog.columns());
    columns.addAll(InboundLog.columns());
    lab.geneses.forEach(genesis -> columns.addAll(ChainDb.columns("r" + genesis.chainId())));
    store = RocksStore.open(dir, columns);
    InboundLog inbound = new InboundLog(store);
    InsertionRules rules = new InsertionRules(Lab.FORCED_DELAY_SLOTS * LabL1.CLOCK.slotSeconds());
    List<Rollup> rollups = new ArrayList<>();
    for (Genesis genesis : lab.geneses) {
      ChainDb chain = ChainDb.open(store, "r" + genesis.chainId(), genesis);
      rollups.add(new Rollup(genesis, chain, inbound, rules));
    }
    cluster = new Cluster(rollups);
    log = new DerivationLog(store);
    derivation =
        new Derivation(
            cluster, log, inbound, Lab.RULES, Lab.DOMAIN, Lab.CLUSTER_ID, genesisBatchHash());
    toldTo = derivation.inboundKnownTo();
  }

  /** Ends it and starts it again with what it has on its disk. */
  void restart() {
    store.close();
    open();
  }

  Hash32 genesisBatchHash() {
    return Lab.genesisBatchHash(
        cluster.rollups().stream().map(rollup -> rollup.chain().genesisHeader().hash()).toList());
  }

  Hash32 lastBatchHash() {
    DerivationLog.Entry last = log.last();
    return last == null ? genesisBatchHash() : last.batchHash();
  }

  /** Reads L1 up to its head, batches aside. */
  void follow() {
    while (toldTo < lab.l1.head().number()) {
      toldTo++;
      derivation.take(lab.l1.block(toldTo), lab.l1.events(toldTo));
    }
  }

  /** L1 blocks above a number are no longer canonical. */
  void rewindTo(long l1Number) {
    derivation.rewindTo(l1Number);
    toldTo = Math.min(toldTo, l1Number);
  }

  Derivation.Outcome derive(FetchedBatch batch) {
    follow();
    return derivation.apply(lab.l1.head(), batch);
  }

  /** A tick as its builder knows it. */
  record Built(List<TableEntry> table, List<BlockData> data, List<BlockLeaf> leaves) {
    long tick() {
      return table.getFirst().tick();
    }
  }

  /** Builds a tick on the heads, as an operator does. */
  Built build(long tick, long anchor, int operatorId, Map<Long, List<Transaction>> bodies) {
    follow();
    L1Block anchorBlock = lab.l1.block(anchor);
    TickPlan plan = new TickPlan(tick, Lab.RULES.timestampOf(tick), anchorBlock, operatorId);
    OpenTick open = OpenTick.open(plan, cluster.rollups());
    assertThat(open).as("the system transaction succeeds").isNotNull();
    List<TableEntry> table = new ArrayList<>();
    List<BlockData> data = new ArrayList<>();
    List<BlockLeaf> leaves = new ArrayList<>();
    List<OpenTick.FinishedBlock> finished = new ArrayList<>();
    for (OpenTick.RollupBlock block : open.blocks()) {
      long rollupId = block.rollup().id();
      List<Transaction> body = bodies.getOrDefault(rollupId, List.of());
      for (Transaction tx : body) {
        assertThat(block.execute(tx)).isInstanceOf(TxOutcome.Included.class);
      }
      OpenTick.FinishedBlock done = block.finish();
      finished.add(done);
      long number = done.header().number();
      table.add(new TableEntry(tick, rollupId, number, done.hash()));
      data.add(new BlockData(tick, anchor, anchorBlock.hash(), done.header().gasLimit(), body));
      leaves.add(new BlockLeaf(tick, rollupId, number, done.hash(), done.header().parentHash()));
    }
    finished.forEach(OpenTick.FinishedBlock::append);
    return new Built(table, data, leaves);
  }

  Block block(long rollupId, long number) {
    ChainDb chain = chain(rollupId);
    Hash32 hash = chain.canonicalHash(number);
    Block block = hash == null ? null : chain.block(hash);
    assertThat(block).as("block %d of rollup %d", number, rollupId).isNotNull();
    return block;
  }

  ChainDb chain(long rollupId) {
    Rollup rollup = cluster.rollup(rollupId);
    assertThat(rollup).isNotNull();
    return rollup.chain();
  }

  List<Hash32> heads() {
    return cluster.rollups().stream().map(rollup -> rollup.chain().headHash()).toList();
  }

  @Override
  public void close() {
    store.close();
  }
}
