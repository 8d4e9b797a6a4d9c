// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.derive;

import io.lockstep.bench.batch.Traffic;
import io.lockstep.bench.state.TestToken;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.devnet.deploy.L2Genesis;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.sequencer.derive.Derivation;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.derive.DerivationRules;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.inbound.InboundLog;
import io.lockstep.sequencer.tick.InsertionRules;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** A cluster of one rollup in a database of its own, with its derivation. One thread. */
final class BenchCluster implements AutoCloseable {
  static final SlotClock CLOCK = new SlotClock(1_700_000_000, 12, 32);
  static final DerivationRules RULES = new DerivationRules(CLOCK, 1, 2, 96);

  private static final CommitmentDomain DOMAIN = new CommitmentDomain(900, Address.ofLong(1));
  private static final Hash32 CLUSTER_ID =
      CommitmentDomain.clusterId(DOMAIN.l1ChainId(), Address.ofLong(2));
  private static final String RICH = "0x56bc75e2d63100000000";

  private final RocksStore store;
  final Cluster cluster;
  final Derivation derivation;
  final Hash32 genesisBatchHash;

  BenchCluster(Path dir, Genesis genesis) {
    List<Column> columns = new ArrayList<>(ChainDb.columns("r"));
    columns.addAll(DerivationLog.columns());
    columns.addAll(InboundLog.columns());
    store = RocksStore.open(dir, columns);
    InboundLog inbound = new InboundLog(store);
    ChainDb chain = ChainDb.open(store, "r", genesis);
    InsertionRules insertion = new InsertionRules(32 * CLOCK.slotSeconds());
    cluster = new Cluster(List.of(new Rollup(genesis, chain, inbound, insertion)));
    genesisBatchHash =
        ClusterInboxAbi.genesisBatchHash(
            CLUSTER_ID, ClusterInboxAbi.headOf(List.of(chain.genesisHeader().hash())));
    derivation =
        new Derivation(
            cluster,
            new DerivationLog(store),
            inbound,
            RULES,
            DOMAIN,
            CLUSTER_ID,
            genesisBatchHash);
  }

  /** The devnet's genesis with the accounts and tokens of the traffic, and room in its blocks. */
  static Genesis genesis(Traffic traffic) throws DecodeException {
    ObjectNode json = L2Genesis.json(0, CLOCK.genesisSeconds(), DevAccounts.BALANCE);
    json.put("gasLimit", "0x5f5e100");
    ObjectNode alloc = (ObjectNode) json.get("alloc");
    for (int i = 0; i < traffic.accounts().size(); i++) {
      alloc
          .putObject(traffic.accounts().get(i).address().toHex())
          .put("balance", RICH)
          .put("nonce", "0x" + Long.toHexString(traffic.nonce(i)));
    }
    for (Address token : traffic.tokens()) {
      ObjectNode storage =
          alloc
              .putObject(token.toHex())
              .put("nonce", "0x1")
              .put("balance", "0x0")
              .put("code", TestToken.CODE.toHex())
              .putObject("storage");
      traffic
          .accounts()
          .forEach(key -> storage.put(TestToken.balanceSlot(key.address()).toHash().toHex(), RICH));
    }
    return Genesis.parse(json);
  }

  Rollup rollup() {
    return cluster.first();
  }

  @Override
  public void close() {
    store.close();
  }
}
