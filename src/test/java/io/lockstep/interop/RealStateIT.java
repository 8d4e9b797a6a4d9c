// SPDX-License-Identifier: Apache-2.0
package io.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.proof.BlockProofs;
import io.lockstep.l1client.proof.BlockProver;
import io.lockstep.l1client.proof.ValidatorProof;
import io.lockstep.primitives.ssz.Branch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.scenario.Rpc;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Our branches, made from a state that a consensus client's code has made and serialized, are those
 * of that code's own trees and lead to the root that EIP-4788 keeps on chain.
 */
@Timeout(120)
class RealStateIT {
  private static final String BEACON_ROOTS = "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02";

  @ParameterizedTest
  @ValueSource(strings = {"minimal", "mainnet"})
  void branchesOfARealStateFoldToTheRootOnChain(String preset) throws Exception {
    Npm.assumeL1Installed();
    try (RealL1 l1 = RealL1.start(preset);
        JdkTransport transport = new JdkTransport(2_000)) {
      EndpointPool pool =
          new EndpointPool(List.of(new Endpoint(l1.beacon().toString())), System::nanoTime);
      BeaconClient beacon = new BeaconClient(pool, transport, HttpOptions.DEFAULT);

      BlockProofs proofs =
          Objects.requireNonNull(
              new BlockProver(beacon, beacon.spec()).prove(BlockId.HEAD, List.of(0L, 3L)));

      Map<String, Branch> branches = byPath(proofs);
      assertThat(branches).hasSize(proofs.lookahead().size() + 8);
      for (Map.Entry<String, Branch> entry : branches.entrySet()) {
        String path = entry.getKey();
        Branch ours = entry.getValue();
        assertThat(ours.root()).as(path).isEqualTo(proofs.blockRoot());
        JsonNode theirs =
            Rpc.get(
                URI.create(
                    l1.beacon() + "/interop/branch/" + proofs.blockRoot() + "?path=" + path));
        assertThat(ours.leaf().toHex()).as(path).isEqualTo(theirs.get("leaf").asString());
        assertThat(ours.siblings().stream().map(Hash32::toHex))
            .as(path)
            .containsExactlyElementsOf(
                theirs.get("branch").valueStream().map(JsonNode::asString).toList());
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> rootOnChain(new Rpc(l1.rpc()), proofs.blockRoot()));
    }
  }

  private static Map<String, Branch> byPath(BlockProofs proofs) {
    Map<String, Branch> out = new LinkedHashMap<>();
    for (int chunk = 0; chunk < proofs.lookahead().size(); chunk++) {
      out.put("proposerLookahead." + 4 * chunk, proofs.lookahead().get(chunk));
    }
    for (ValidatorProof validator : proofs.validators().values()) {
      String at = "validators." + validator.index() + ".";
      out.put(at + "pubkey", validator.pubkey());
      out.put(at + "withdrawalCredentials", validator.withdrawalCredentials());
      out.put(at + "slashed", validator.slashed());
      out.put(at + "exitEpoch", validator.exitEpoch());
    }
    return out;
  }

  /** Whether one of the newest blocks brought the root, and the contract has it for its time. */
  private static boolean rootOnChain(Rpc rpc, Hash32 root) throws Exception {
    JsonNode block = rpc.call("eth_getBlockByNumber", "latest", false);
    for (int back = 0; back < 8 && !block.isNull(); back++) {
      if (block.path("parentBeaconBlockRoot").asString("").equals(root.toHex())) {
        String time = block.get("timestamp").asString().substring(2);
        ObjectNode call = Rpc.JSON.createObjectNode();
        call.put("to", BEACON_ROOTS).put("data", "0x" + "0".repeat(64 - time.length()) + time);
        return rpc.call("eth_call", call, "latest").asString().equals(root.toHex());
      }
      block = rpc.call("eth_getBlockByHash", block.get("parentHash").asString(), false);
    }
    return false;
  }
}
