// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.inbound.InboundLog;
import io.lockstep.sequencer.schedule.OperatorSet;
import io.lockstep.sequencer.schedule.ProposerSchedule;
import io.lockstep.sequencer.tick.InsertionRules;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.SystemTransaction;
import io.lockstep.sequencer.tick.TickPlan;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Grades of promises about the blocks of a chain of which L1 has a part. */
class GradesTest {
  private static final CommitmentDomain DOMAIN = new CommitmentDomain(900, Address.ofLong(7));
  private static final SecretKey KEY = SecretKey.of(Keccak.hash(new byte[] {1}).toArray());
  private static final Hash32 CLUSTER = Keccak.hash(new byte[] {2});
  private static final Ctx CTX = new Ctx(5, CLUSTER, CLUSTER, Ctx.FALLBACK);
  private static final long GENESIS_SECONDS = 1_700_000_000;
  private static final String GENESIS =
      """
      {"config":{"chainId":901,"homesteadBlock":0,"eip150Block":0,"eip155Block":0,"eip158Block":0,
      "byzantiumBlock":0,"constantinopleBlock":0,"petersburgBlock":0,"istanbulBlock":0,
      "berlinBlock":0,"londonBlock":0,"terminalTotalDifficulty":0,"shanghaiTime":0,"cancunTime":0},
      "timestamp":"0x%x","gasLimit":"0x1c9c380","difficulty":"0x0","baseFeePerGas":"0x3b9aca00",
      "alloc":{"%s":{"balance":"0x80000000000000000000000000000000"}}}
      """
          .formatted(GENESIS_SECONDS, SystemTransaction.SENDER);

  @TempDir Path dir;
  private RocksStore store;
  private Cluster cluster;
  private NodeView view;
  private Grades grades;

  @BeforeEach
  void fiveBlocks() throws Exception {
    Genesis genesis = Genesis.parse(JsonMapper.shared().readTree(GENESIS));
    List<Column> columns = new ArrayList<>(ChainDb.columns("r"));
    columns.addAll(InboundLog.columns());
    columns.addAll(CommitmentLedger.columns());
    store = RocksStore.open(dir, columns);
    cluster =
        new Cluster(
            List.of(
                new Rollup(
                    genesis,
                    ChainDb.open(store, "r", genesis),
                    new InboundLog(store),
                    new InsertionRules(16))));
    for (long tick = 1; tick <= 5; tick++) {
      append(tick);
    }
    cluster.markSafe(2);
    cluster.markFinalized(1);
    view = viewWithPosted(3);
    grades = new Grades(() -> view);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private NodeView viewWithPosted(long height) {
    ProposerSchedule nobody = ProposerSchedule.empty(8, OperatorSet.empty());
    return NodeView.of(cluster, height, null, nobody, NodeStatus.STARTING);
  }

  private void append(long tick) {
    L1Block anchor =
        new L1Block(
            new BlockRef(1, CLUSTER, Hash32.ZERO, GENESIS_SECONDS),
            Hash32.ZERO,
            Hash32.ZERO,
            Hash32.ZERO,
            UInt256.ONE,
            30_000_000,
            0,
            0,
            0);
    OpenTick open =
        OpenTick.open(new TickPlan(tick, GENESIS_SECONDS + tick, anchor, 1), cluster.rollups());
    assertThat(open).isNotNull();
    open.blocks().forEach(block -> block.finish().append());
  }

  /** Of a promise about the state that the block of this number sees. */
  private String gradeAt(long number) {
    PromiseBody lock =
        new PromiseBody.StateLock(
            901, number, CLUSTER, Address.ofLong(1), Hash32.ZERO, UInt256.ZERO);
    Promise promise = Promise.of(CLUSTER, 6, lock, UInt256.ZERO, 70, CTX.hash(), 0);
    Signed<Promise> signed =
        new Signed<>(promise, CTX, Secp256k1.sign(DOMAIN.digest(promise), KEY));
    return grades.of(
        new PromiseMessage(signed, 1, 60, CLUSTER, null),
        new ReleasedLedger(new CommitmentLedger(store, DOMAIN)));
  }

  private List<String> gradesFrom(long first, long last) {
    List<String> out = new ArrayList<>();
    for (long number = first; number <= last; number++) {
      out.add(gradeAt(number));
    }
    return out;
  }

  @Test
  void saysHowFarL1HasABlock() {
    assertThat(gradesFrom(1, 6))
        .containsExactly("finalized", "safe", "posted", "sealed", "sealed", "frag");

    view = viewWithPosted(cluster.safeHeight());
    assertThat(gradesFrom(1, 4)).containsExactly("finalized", "safe", "sealed", "sealed");

    cluster.markSafe(3);
    view = viewWithPosted(cluster.safeHeight());
    assertThat(gradesFrom(1, 4)).containsExactly("finalized", "safe", "safe", "sealed");
  }

  @Test
  void aBlockInThePlaceOfThePostedOneIsOnlySealed() {
    assertThat(gradeAt(3)).isEqualTo("posted");
    cluster.rewindTo(2);
    append(7);

    assertThat(gradesFrom(2, 3)).containsExactly("safe", "sealed");
  }
}
