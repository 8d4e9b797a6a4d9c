// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.primitives.types.Address;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BeaconApiTest {
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
  void describesItselfWithQuotedNumbers() throws Exception {
    JsonNode genesis = box.get("/eth/v1/beacon/genesis").data();
    assertThat(genesis.get("genesis_time").isString()).isTrue();
    assertThat(genesis.get("genesis_time").asString())
        .isEqualTo(Long.toString(TestBox.START.getEpochSecond()));
    assertThat(genesis.get("genesis_validators_root").asString()).hasSize(66);
    JsonNode spec = box.get("/eth/v1/config/spec").data();
    assertThat(spec.get("SECONDS_PER_SLOT").asString()).isEqualTo("2");
    assertThat(spec.get("SLOT_DURATION_MS").asString()).isEqualTo("2000");
    assertThat(spec.get("SLOTS_PER_EPOCH").asString()).isEqualTo("8");
    assertThat(spec.get("FULU_FORK_EPOCH").asString()).isEqualTo("0");
    assertThat(spec.get("GLOAS_FORK_EPOCH").asString()).isEqualTo("18446744073709551615");
    assertThat(spec.get("DEPOSIT_CHAIN_ID").asString()).isEqualTo("900");
    assertThat(spec.get("BLOB_SCHEDULE").isArray()).isTrue();
    assertThat(box.get("/eth/v1/config/fork_schedule").data()).hasSize(7);
    assertThat(box.get("/eth/v1/node/version").data().get("version").asString())
        .startsWith("lockstep-box/");
    assertThat(box.get("/eth/v1/node/health").status()).isEqualTo(200);
  }

  @Test
  void reportsItsHeadAndThatItIsInSync() throws Exception {
    box.box.produceSlots(3);

    JsonNode syncing = box.get("/eth/v1/node/syncing").data();
    assertThat(syncing.get("head_slot").asString()).isEqualTo("3");
    assertThat(syncing.get("is_syncing").asBoolean()).isFalse();
    assertThat(syncing.get("is_optimistic").asBoolean()).isFalse();
    assertThat(syncing.get("el_offline").asBoolean()).isFalse();
    assertThat(syncing.get("sync_distance").asString()).isEqualTo("0");
    box.levers.skip(2);
    box.box.produceSlots(2);
    JsonNode behind = box.get("/eth/v1/node/syncing").data();
    assertThat(behind.get("sync_distance").asString()).isEqualTo("2");
    assertThat(behind.get("is_syncing").asBoolean()).isFalse();
  }

  @Test
  void linksHeadersByTheirRoots() throws Exception {
    box.box.produceSlots(3);

    JsonNode head = box.get("/eth/v1/beacon/headers/head").data();
    JsonNode message = head.get("header").get("message");
    String parentRoot = message.get("parent_root").asString();
    JsonNode parent = box.get("/eth/v1/beacon/headers/" + parentRoot).data();
    assertThat(parent.get("header").get("message").get("slot").asString()).isEqualTo("2");
    assertThat(parent.get("canonical").asBoolean()).isTrue();
    assertThat(box.get("/eth/v1/beacon/blocks/3/root").data().get("root"))
        .isEqualTo(head.get("root"));
    JsonNode listed = box.get("/eth/v1/beacon/headers?parent_root=" + parentRoot).data();
    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).get("root")).isEqualTo(head.get("root"));
    JsonNode genesis = box.get("/eth/v1/beacon/headers/genesis").data();
    assertThat(genesis.get("header").get("message").get("slot").asString()).isEqualTo("0");
  }

  @Test
  void servesBlocksWithTheirExecutionPayload() throws Exception {
    box.box.produceSlots(2);

    TestBox.Answer answer = box.get("/eth/v2/beacon/blocks/head");
    assertThat(answer.body().get("version").asString()).isEqualTo("fulu");
    JsonNode message = answer.data().get("message");
    assertThat(message.get("slot").asString()).isEqualTo("2");
    JsonNode payload = message.get("body").get("execution_payload");
    assertThat(payload.get("block_hash").asString()).isEqualTo(box.levers.status().blockHash());
    assertThat(payload.get("block_number").asString()).isEqualTo("2");
    assertThat(payload.get("timestamp").asString())
        .isEqualTo(Long.toString(TestBox.START.getEpochSecond() + 4));
    assertThat(message.get("body").get("blob_kzg_commitments").isArray()).isTrue();
  }

  @Test
  void listsValidatorsWithTheirOwnersCredentials() throws Exception {
    JsonNode all = box.get("/eth/v1/beacon/states/head/validators").data();
    assertThat(all).hasSize(64);
    List<Address> owners = OperatorKeys.owners(OperatorKeys.devnets(2));
    JsonNode third = all.get(3);
    assertThat(third.get("index").asString()).isEqualTo("3");
    assertThat(third.get("status").asString()).isEqualTo("active_ongoing");
    JsonNode validator = third.get("validator");
    assertThat(validator.get("withdrawal_credentials").asString())
        .isEqualTo("0x01" + "00".repeat(11) + owners.get(1).toHex().substring(2));
    assertThat(validator.get("exit_epoch").asString()).isEqualTo("18446744073709551615");

    String pubkey = validator.get("pubkey").asString();
    assertThat(pubkey).hasSize(98);
    assertThat(box.get("/eth/v1/beacon/states/head/validators/" + pubkey).data()).isEqualTo(third);
    assertThat(box.get("/eth/v1/beacon/states/head/validators?id=3," + pubkey).data()).hasSize(2);
    assertThat(box.get("/eth/v1/beacon/states/head/validators?status=exited").data()).isEmpty();
    assertThat(box.get("/eth/v1/beacon/states/head/validators/64").status()).isEqualTo(404);
    assertThat(box.get("/eth/v1/beacon/states/head/validators/xyz").status()).isEqualTo(400);
  }

  @Test
  void givesDutiesOfTheCurrentAndTheNextEpochOnly() throws Exception {
    box.box.produceSlots(18);

    JsonNode duties = box.get("/eth/v2/validator/duties/proposer/2").body();
    assertThat(duties.get("dependent_root").asString()).isEqualTo(root("7"));
    JsonNode first = duties.get("data").get(0);
    assertThat(first.get("slot").asString()).isEqualTo("16");
    assertThat(first.get("validator_index")).isEqualTo(proposer("16"));
    assertThat(first.get("pubkey").asString()).hasSize(98);
    JsonNode next = box.get("/eth/v2/validator/duties/proposer/3").body();
    assertThat(next.get("dependent_root").asString()).isEqualTo(root("15"));
    JsonNode old = box.get("/eth/v1/validator/duties/proposer/2").body();
    assertThat(old.get("dependent_root").asString()).isEqualTo(root("15"));
    JsonNode oldNext = box.get("/eth/v1/validator/duties/proposer/3").body();
    assertThat(oldNext.get("dependent_root").asString()).isEqualTo(root("head"));
    TestBox.Answer beyond = box.get("/eth/v2/validator/duties/proposer/4");
    assertThat(beyond.status()).isEqualTo(400);
    assertThat(beyond.body().get("code").asInt()).isEqualTo(400);
    assertThat(box.get("/eth/v2/validator/duties/proposer/1").status()).isEqualTo(400);
    assertThat(box.get("/eth/v2/validator/duties/proposer/-2").status()).isEqualTo(400);
    JsonNode lookahead = box.get("/eth/v1/beacon/states/head/proposer_lookahead").data();
    assertThat(lookahead).hasSize(16);
    assertThat(lookahead.get(0)).isEqualTo(proposer("16"));
  }

  @Test
  void givesCheckpointsByItsRule() throws Exception {
    JsonNode early = box.get("/eth/v1/beacon/states/head/finality_checkpoints").data();
    assertThat(early.get("finalized").get("root").asString()).isEqualTo("0x" + "00".repeat(32));
    box.levers.mine(15);
    box.levers.skip(1);
    box.levers.mine(11);

    JsonNode data = box.get("/eth/v1/beacon/states/head/finality_checkpoints").data();
    // Slot 16 was missed: the block before it stands for the checkpoint of epoch 2.
    assertThat(data.get("current_justified").get("epoch").asString()).isEqualTo("2");
    assertThat(data.get("current_justified").get("root").asString()).isEqualTo(root("15"));
    assertThat(data.get("finalized").get("epoch").asString()).isEqualTo("1");
    assertThat(data.get("finalized").get("root").asString()).isEqualTo(root("8"));
    assertThat(root("finalized")).isEqualTo(root("8"));
    assertThat(box.get("/eth/v1/beacon/headers/8").body().get("finalized").asBoolean()).isTrue();
    assertThat(box.get("/eth/v1/beacon/headers/9").body().get("finalized").asBoolean()).isFalse();
  }

  @Test
  void answersErrorsInTheBeaconApisForm() throws Exception {
    TestBox.Answer bad = box.get("/eth/v1/beacon/headers/current");
    assertThat(bad.status()).isEqualTo(400);
    assertThat(bad.body().get("code").asInt()).isEqualTo(400);
    assertThat(bad.body().get("message").asString()).contains("current");
    assertThat(box.get("/eth/v1/beacon/headers/99").status()).isEqualTo(404);
    assertThat(box.get("/eth/v1/beacon/headers/0x" + "ab".repeat(32)).status()).isEqualTo(404);
    assertThat(box.get("/eth/v1/beacon/headers/0xab").status()).isEqualTo(400);
    assertThat(box.get("/eth/v1/beacon/blobs/0?versioned_hashes=0x12").status()).isEqualTo(400);
    assertThat(box.get("/eth/v1/events?topics=weather").status()).isEqualTo(400);
    assertThat(box.get("/eth/v1/events").status()).isEqualTo(400);
    assertThat(box.get("/eth/v1/no/such/thing").status()).isEqualTo(404);
  }

  private JsonNode proposer(String id) throws Exception {
    return box.get("/eth/v1/beacon/headers/" + id)
        .data()
        .get("header")
        .get("message")
        .get("proposer_index");
  }

  private String root(String id) throws Exception {
    return box.get("/eth/v1/beacon/headers/" + id).data().get("root").asString();
  }
}
