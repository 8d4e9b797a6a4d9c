// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.ssz.Branch;
import io.lockstep.primitives.ssz.Gindex;
import io.lockstep.primitives.ssz.SszTree;
import io.lockstep.primitives.ssz.SszType;
import io.lockstep.primitives.types.Hash32;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The states that the box serves prove what its API says, up to the root that EIP-4788 keeps. */
class BoxStatesTest {
  private static final String BEACON_ROOTS = "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02";
  private static final SszType STATE = BeaconTypes.fulu(BeaconPreset.MINIMAL);
  private static final SszType LOOKAHEAD =
      new SszType.Vector(SszType.Basic.UINT64, BeaconPreset.MINIMAL.lookaheadSlots());
  private static final SszType VALIDATORS =
      new SszType.ListOf(BeaconTypes.VALIDATOR, BeaconTypes.REGISTRY_LIMIT);

  @TempDir Path dir;
  private TestBox box;

  @BeforeEach
  void open() throws Exception {
    box = TestBox.open(dir);
  }

  @AfterEach
  void close() {
    box.close();
  }

  @Test
  void aStateProvesTheLookaheadUpToTheRootThatEip4788Keeps() throws Exception {
    box.levers.mine(9);
    box.levers.skip(2);
    box.levers.mine(3);
    JsonNode head = box.get("/eth/v1/beacon/headers/head").data();
    List<Long> wanted = new ArrayList<>();
    for (int slot = 0; slot < BeaconPreset.MINIMAL.lookaheadSlots(); slot += 4) {
      wanted.add(
          Gindex.concat(
              Gindex.ofField(STATE, "proposer_lookahead"), Gindex.ofElement(LOOKAHEAD, slot)));
    }

    SszTree.Proven proven = prove("head", wanted);

    JsonNode lookahead = box.get("/eth/v1/beacon/states/head/proposer_lookahead").data();
    for (int slot = 0; slot < lookahead.size(); slot++) {
      Branch branch = proven.branch(wanted.get(slot / 4));
      assertThat(Long.reverseBytes(branch.leaf().word(slot % 4)))
          .as("proposer of slot %d of the lookahead", slot)
          .isEqualTo(Long.parseLong(lookahead.get(slot).asString()));
      assertThat(branch.root()).isEqualTo(proven.root());
    }
    assertThat(head.get("header").get("message").get("state_root").asString())
        .isEqualTo(proven.root().toHex());
    String root = head.get("root").asString();
    Branch first = proven.branch(wanted.getFirst());
    Branch whole = first.then(stateInBlock(head.get("header").get("message")));
    assertThat(whole.root().toHex()).isEqualTo(root);
    box.levers.mine(1);
    assertThat(parentRootOnChain()).isEqualTo(root);
  }

  @Test
  void aStateProvesAValidatorsOwner() throws Exception {
    box.levers.mine(2);
    long creds =
        Gindex.concat(
            Gindex.concat(Gindex.ofField(STATE, "validators"), Gindex.ofElement(VALIDATORS, 5)),
            Gindex.ofField(BeaconTypes.VALIDATOR, "withdrawal_credentials"));

    Branch branch = prove("head", List.of(creds)).branch(creds);

    JsonNode validator = box.get("/eth/v1/beacon/states/head/validators/5").data();
    assertThat(branch.leaf().toHex())
        .isEqualTo(validator.get("validator").get("withdrawal_credentials").asString());
    assertThat(branch.siblings()).hasSize(50);
  }

  @Test
  void statesOfTheCanonicalChainHaveTheirRootsAlsoAfterAReorgAndAChangedLookahead()
      throws Exception {
    box.levers.mine(17);
    box.levers.proposers(3, List.of(1, 1, 1, 1, 2, 2, 2, 2));
    box.levers.mine(12);

    for (int slot = 1; slot <= 29; slot++) {
      TestBox.Answer header = box.get("/eth/v1/beacon/headers/" + slot);
      if (header.status() == 200) {
        String root = header.data().get("header").get("message").get("state_root").asString();
        assertThat(prove(Integer.toString(slot), List.of()).root().toHex())
            .as("state of slot " + slot)
            .isEqualTo(root);
      }
    }
  }

  private SszTree.Proven prove(String stateId, List<Long> wanted) throws Exception {
    byte[] ssz = box.ssz("/eth/v2/debug/beacon/states/" + stateId);
    return SszTree.of(STATE, ssz, wanted);
  }

  private static Branch stateInBlock(JsonNode message) throws Exception {
    BeaconHeader header =
        new BeaconHeader(
            Long.parseLong(message.get("slot").asString()),
            Long.parseLong(message.get("proposer_index").asString()),
            Hash32.fromHex(message.get("parent_root").asString()),
            Hash32.fromHex(message.get("state_root").asString()),
            Hash32.fromHex(message.get("body_root").asString()));
    long at = Gindex.ofField(BeaconTypes.BLOCK_HEADER, "state_root");
    return SszTree.of(BeaconTypes.BLOCK_HEADER, header.ssz(), List.of(at)).branch(at);
  }

  /** What the contract of EIP-4788 has for the newest block: the root of the one before it. */
  private String parentRootOnChain() throws Exception {
    String time = box.block("latest").get("timestamp").asString().substring(2);
    ObjectNode call =
        JsonNodeFactory.instance
            .objectNode()
            .put("to", BEACON_ROOTS)
            .put("data", "0x" + "0".repeat(64 - time.length()) + time);
    return box.result("eth_call", call, Params.text("latest")).asString();
  }
}
