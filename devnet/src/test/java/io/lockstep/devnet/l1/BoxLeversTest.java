// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static io.lockstep.devnet.l1.TestBox.GWEI;
import static io.lockstep.devnet.l1.TestBox.blobs;
import static io.lockstep.devnet.l1.TestBox.transfer;
import static io.lockstep.devnet.l1.TestBox.wallet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.devnet.scenario.BoxLevers;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BoxLeversTest {
  private static final List<Integer> ORDER = List.of(9, 8, 7, 6, 5, 4, 3, 2);

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
  void skipsSlots() throws Exception {
    box.box.produceSlot();
    box.levers.skip(2);
    box.box.produceSlots(3);

    assertThat(box.box.headSlot()).isEqualTo(4);
    assertThat(box.blockNumber()).isEqualTo(2);
    assertThat(box.get("/eth/v1/beacon/headers/2").status()).isEqualTo(404);
    assertThat(header("4").get("parent_root").asString()).isEqualTo(root("1"));
  }

  @Test
  void stallsTheHeadAndThenShowsAllAtOnceWithoutWhatCameMeanwhile() throws Exception {
    box.box.produceSlot();
    box.levers.stall(2);
    Hash32 before = box.send(transfer(wallet(0), 0, GWEI).encoded());
    box.box.produceSlots(2);
    assertThat(box.box.headSlot()).isEqualTo(1);
    Hash32 meanwhile = box.send(transfer(wallet(1), 0, GWEI).encoded());

    box.box.produceSlot();

    assertThat(box.box.headSlot()).isEqualTo(4);
    assertThat(box.receipt(before).get("blockNumber").asString()).isEqualTo("0x2");
    assertThat(box.receipt(meanwhile).get("blockNumber").asString()).isEqualTo("0x4");
  }

  @Test
  void reorgsOneDeepAndKeepsTheTransactions() throws Exception {
    box.box.produceSlots(2);
    Hash32 tx = box.send(transfer(wallet(0), 0, GWEI).encoded());
    box.box.produceSlot();
    String oldHash = box.block("latest").get("hash").asString();
    String oldRoot = root("head");

    box.levers.reorg(1, false);
    box.box.produceSlot();

    assertThat(box.blockNumber()).isEqualTo(3);
    assertThat(header("head").get("parent_root").asString()).isEqualTo(root("2"));
    assertThat(box.receipt(tx).get("blockHash").asString())
        .isEqualTo(box.block("latest").get("hash").asString())
        .isNotEqualTo(oldHash);
    JsonNode old = box.get("/eth/v1/beacon/headers/" + oldRoot).data();
    assertThat(old.get("canonical").asBoolean()).isFalse();
    assertThat(box.get("/eth/v1/beacon/headers/3").status()).isEqualTo(404);
  }

  @Test
  void reorgsThreeDeepWithBlobsAndServesThemAgain() throws Exception {
    box.box.produceSlots(3);
    Hash32 blobTx = box.send(blobs(wallet(0), 0, 1, GWEI).encoded());
    box.box.produceSlot();
    Hash32 plain = box.send(transfer(wallet(1), 0, GWEI).encoded());
    box.box.produceSlots(2);

    box.levers.reorg(3, false);
    box.box.produceSlot();

    assertThat(box.blockNumber()).isEqualTo(4);
    assertThat(header("head").get("parent_root").asString()).isEqualTo(root("3"));
    assertThat(box.receipt(blobTx).get("blockNumber").asString()).isEqualTo("0x4");
    assertThat(box.receipt(plain).get("blockNumber").asString()).isEqualTo("0x4");
    assertThat(box.get("/eth/v1/beacon/blobs/head").data()).hasSize(1);
  }

  @Test
  void dropsTransactionsOfAReorgWhenTold() throws Exception {
    box.box.produceSlot();
    Hash32 tx = box.send(transfer(wallet(0), 0, GWEI).encoded());
    box.box.produceSlot();

    box.levers.reorg(1, true);
    box.box.produceSlots(2);

    assertThat(box.receipt(tx).isNull()).isTrue();
    assertThat(box.levers.status().pooledTransactions()).isZero();
  }

  @Test
  void refusesAReorgOfFinalizedBlocks() throws Exception {
    box.box.produceSlots(26);

    assertThatThrownBy(() -> box.levers.reorg(19, false))
        .isInstanceOf(BoxLevers.LeverException.class)
        .hasMessageContaining("finalized block of slot 8");
    assertThat(box.levers.reorg(18, false).headSlot()).isEqualTo(26);
  }

  @Test
  void changesTheNextEpochsProposersByAReorgThatChangesTheirDependentRoot() throws Exception {
    box.box.produceSlots(19);
    JsonNode before = duties(3);
    assertThat(before.get("dependent_root").asString()).isEqualTo(root("15"));

    box.levers.proposers(3, ORDER);
    box.box.produceSlot();

    JsonNode after = duties(3);
    assertThat(indices(after)).isEqualTo(ORDER).isNotEqualTo(indices(before));
    assertThat(after.get("dependent_root").asString())
        .isEqualTo(root("14"))
        .isNotEqualTo(before.get("dependent_root").asString());
    box.box.produceSlots(6);
    assertThat(header("24").get("proposer_index").asString()).isEqualTo("9");
    assertThat(header("26").get("proposer_index").asString()).isEqualTo("7");
  }

  @Test
  void aReorgThatWaitsForABlockIsNotMadeSmallerByALaterOrder() throws Exception {
    box.box.produceSlots(19);
    box.levers.proposers(3, ORDER);
    box.levers.reorg(1, false);
    box.box.produceSlot();

    assertThat(header("head").get("parent_root").asString()).isEqualTo(root("14"));
    assertThat(indices(duties(3))).isEqualTo(ORDER);
  }

  @Test
  void setsTheProposersOfALaterEpochWithoutAReorg() throws Exception {
    box.box.produceSlots(10);
    String head = root("head");

    box.levers.proposers(3, ORDER);
    box.box.produceSlots(7);

    assertThat(header("11").get("parent_root").asString()).isEqualTo(head);
    assertThat(indices(duties(3))).isEqualTo(ORDER);
  }

  @Test
  void refusesToChangeTheProposersOfTheCurrentEpoch() throws Exception {
    box.box.produceSlots(10);

    assertThatThrownBy(() -> box.levers.proposers(1, ORDER))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("epoch 1 is not ahead");
  }

  @Test
  void refusesOrdersThatMakeNoSense() {
    assertThatThrownBy(() -> box.levers.skip(0)).hasMessageContaining("slots must be 1 to 4096");
    assertThatThrownBy(() -> box.levers.reorg(1, false)).hasMessageContaining("finalized block");
    assertThatThrownBy(() -> box.levers.blobBaseFee("much")).hasMessageContaining("wei");
  }

  private JsonNode duties(long epoch) throws Exception {
    return box.get("/eth/v2/validator/duties/proposer/" + epoch).body();
  }

  private static List<Integer> indices(JsonNode duties) {
    List<Integer> out = new ArrayList<>();
    duties.get("data").forEach(d -> out.add(Integer.parseInt(d.get("validator_index").asString())));
    return out;
  }

  private JsonNode header(String id) throws Exception {
    return box.get("/eth/v1/beacon/headers/" + id).data().get("header").get("message");
  }

  private String root(String id) throws Exception {
    return box.get("/eth/v1/beacon/headers/" + id).data().get("root").asString();
  }
}
