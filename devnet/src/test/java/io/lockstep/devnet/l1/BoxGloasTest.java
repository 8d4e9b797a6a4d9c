// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.ssz.Branch;
import io.lockstep.primitives.ssz.Gindex;
import io.lockstep.primitives.ssz.SszTree;
import io.lockstep.primitives.ssz.SszType;
import io.lockstep.primitives.types.Hash32;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A box at Gloas: its states prove the same things by other paths, its blocks name payloads. */
class BoxGloasTest {
  private static final SszType STATE = BeaconTypes.gloas(BeaconPreset.MINIMAL);
  private static final SszType LOOKAHEAD =
      new SszType.Vector(SszType.Basic.UINT64, BeaconPreset.MINIMAL.lookaheadSlots());

  @TempDir Path dir;

  @Test
  void aGloasStateProvesLookaheadAndOwnerUpToTheBlock() throws Exception {
    try (TestBox box = open(BeaconFork.GLOAS)) {
      box.levers.mine(9);
      box.levers.skip(1);
      box.levers.mine(3);
      long lookahead =
          Gindex.concat(
              Gindex.ofField(STATE, "proposer_lookahead"), Gindex.ofElement(LOOKAHEAD, 4));
      long owner =
          Gindex.concat(
              Gindex.concat(
                  Gindex.ofField(STATE, "validators"),
                  Gindex.ofElement(BeaconTypes.validators(STATE), 5)),
              Gindex.ofField(BeaconTypes.VALIDATOR, "withdrawal_credentials"));
      byte[] ssz = box.ssz("/eth/v2/debug/beacon/states/head");

      SszTree.Proven proven = SszTree.of(STATE, ssz, List.of(lookahead, owner));

      JsonNode message = box.get("/eth/v1/beacon/headers/head").data().get("header").get("message");
      assertThat(message.get("state_root").asString()).isEqualTo(proven.root().toHex());
      Branch proposers = proven.branch(lookahead);
      assertThat(proposers.root()).isEqualTo(proven.root());
      JsonNode listed = box.get("/eth/v1/beacon/states/head/proposer_lookahead").data();
      assertThat(Long.reverseBytes(proposers.leaf().word(0)))
          .isEqualTo(Long.parseLong(listed.get(4).asString()));
      JsonNode validator = box.get("/eth/v1/beacon/states/head/validators/5").data();
      assertThat(proven.branch(owner).leaf().toHex())
          .isEqualTo(validator.get("validator").get("withdrawal_credentials").asString());
      assertThat(proven.branch(owner).root()).isEqualTo(proven.root());
    }
  }

  @Test
  void saysEverywhereThatItIsAtGloas() throws Exception {
    try (TestBox box = open(BeaconFork.GLOAS)) {
      box.levers.mine(2);
      assertThat(box.get("/eth/v1/config/spec").data().get("GLOAS_FORK_EPOCH").asString())
          .isEqualTo("0");
      JsonNode forks = box.get("/eth/v1/config/fork_schedule").data();
      JsonNode fork = box.get("/eth/v1/beacon/states/head/fork").data();
      assertThat(fork.get("current_version"))
          .isEqualTo(forks.get(forks.size() - 1).get("current_version"));
      TestBox.Answer block = box.get("/eth/v2/beacon/blocks/head");
      assertThat(block.body().get("version").asString()).isEqualTo("gloas");
      JsonNode body = block.data().get("message").get("body");
      String hash = box.block("latest").get("hash").asString();
      assertThat(body.has("execution_payload")).isFalse();
      assertThat(
              body.get("signed_execution_payload_bid").get("message").get("block_hash").asString())
          .isEqualTo(hash);
      JsonNode envelope = box.get("/eth/v1/beacon/execution_payload_envelopes/head").data();
      assertThat(envelope.get("message").get("payload").get("block_hash").asString())
          .isEqualTo(hash);
      assertThat(Hash32.fromHex(envelope.get("message").get("beacon_block_root").asString()))
          .isEqualTo(
              Hash32.fromHex(
                  box.get("/eth/v1/beacon/blocks/head/root").data().get("root").asString()));
    }
  }

  @Test
  void aBoxDoesNotChangeItsForkBetweenStarts() throws Exception {
    open(BeaconFork.FULU).close();

    assertThatThrownBy(() -> open(BeaconFork.GLOAS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fork");
  }

  private TestBox open(BeaconFork fork) throws Exception {
    return TestBox.open(TestBox.options(dir, InstantSource.fixed(TestBox.START)).withFork(fork));
  }
}
