// SPDX-License-Identifier: Apache-2.0
package io.lockstep.derivation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockstep.execution.state.Genesis;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.derive.DerivationRules;
import io.lockstep.sequencer.tick.SystemTransaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A cluster of two rollups on an L1 of the test's making, and as many nodes that derive it as are
 * wanted. One thread.
 */
final class Lab {
  static final int FORCED_DELAY_SLOTS = 4;
  static final int OPERATORS = 3;
  static final List<Long> ROLLUPS = List.of(901L, 902L);
  static final CommitmentDomain DOMAIN = new CommitmentDomain(900, Address.ofLong(0x1234));
  static final Hash32 CLUSTER_ID = CommitmentDomain.clusterId(900, Address.ofLong(0x5678));
  static final DerivationRules RULES = new DerivationRules(LabL1.CLOCK, 1, 2, 8);
  static final int USERS = 4;

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final long GAS_LIMIT = 30_000_000;

  final LabL1 l1 = new LabL1();
  final List<Genesis> geneses = new ArrayList<>();
  private final Path dir;
  private int nodes;

  Lab(Path dir) {
    this.dir = dir;
    for (long rollupId : ROLLUPS) {
      geneses.add(genesis(rollupId));
    }
  }

  /** A node that has seen nothing of L1 yet. */
  LabNode node() {
    return new LabNode(this, dir.resolve("node" + nodes++));
  }

  static SecretKey committer(int operatorId) {
    return key("committer" + operatorId);
  }

  static SecretKey user(int index) {
    return key("user" + index);
  }

  private static SecretKey key(String name) {
    return SecretKey.of(Keccak.hash(name.getBytes(UTF_8)).toArray());
  }

  static Transaction transfer(long rollupId, int user, long nonce) {
    return transfer(rollupId, user, nonce, 21_000);
  }

  static Transaction transfer(long rollupId, int user, long nonce, long gasLimit) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(rollupId),
            nonce,
            UInt256.of(1_000_000_000),
            UInt256.of(100_000_000_000L),
            gasLimit,
            Address.ofLong(0xbeef),
            UInt256.ONE,
            Bytes.EMPTY)
        .sign(user(user));
  }

  static Hash32 genesisBatchHash(List<Hash32> genesisHashes) {
    return ClusterInboxAbi.genesisBatchHash(CLUSTER_ID, ClusterInboxAbi.headOf(genesisHashes));
  }

  private static Genesis genesis(long rollupId) {
    String config =
        """
        {"config":{"chainId":%d,"homesteadBlock":0,"eip150Block":0,"eip155Block":0,"eip158Block":0,
        "byzantiumBlock":0,"constantinopleBlock":0,"petersburgBlock":0,"istanbulBlock":0,
        "berlinBlock":0,"londonBlock":0,"terminalTotalDifficulty":0,"shanghaiTime":0,"cancunTime":0},
        "timestamp":"0x%x","gasLimit":"0x%x","difficulty":"0x0","baseFeePerGas":"0x3b9aca00",
        "alloc":{}}
        """
            .formatted(rollupId, LabL1.CLOCK.genesisSeconds(), GAS_LIMIT);
    ObjectNode json = (ObjectNode) JSON.readTree(config);
    ObjectNode alloc = (ObjectNode) json.get("alloc");
    String large = "0x80000000000000000000000000000000";
    alloc.putObject(SystemTransaction.SENDER.toHex()).put("balance", large);
    predeploy(alloc, 1, "SystemAnchor", "0x0");
    predeploy(alloc, 3, "FeeVault", "0x0");
    predeploy(alloc, 4, "L2Messenger", "0x0");
    predeploy(alloc, 5, "L2Bridge", large);
    for (int i = 0; i < USERS; i++) {
      alloc.putObject(user(i).address().toHex()).put("balance", "0x3635c9adc5dea00000");
    }
    try {
      return Genesis.parse(json);
    } catch (DecodeException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void predeploy(ObjectNode alloc, int place, String contract, String balance) {
    try (InputStream in =
        Lab.class.getResourceAsStream("/io/lockstep/contracts/" + contract + ".json")) {
      if (in == null) {
        throw new IllegalStateException("no artefact of " + contract);
      }
      alloc
          .putObject(predeploy(place).toHex())
          .put("nonce", "0x1")
          .put("balance", balance)
          .put("code", JSON.readTree(in).get("deployedBytecode").asString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Address predeploy(int place) {
    return Address.fromHex("0x4c6f636b7374657000000000000000000000000" + place);
  }
}
