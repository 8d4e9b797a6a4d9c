// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static io.lockstep.devnet.l1.TestBox.GWEI;
import static io.lockstep.devnet.l1.TestBox.START;
import static io.lockstep.devnet.l1.TestBox.blobs;
import static io.lockstep.devnet.l1.TestBox.wallet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.execution.state.ChainDb;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BoxRestartTest {
  @TempDir Path dir;

  @Test
  void goesOnWithItsChainAndMissesTheSlotsWhileItWasOff() throws Exception {
    String headRoot;
    try (TestBox box = TestBox.open(dir)) {
      box.send(blobs(wallet(0), 0, 1, GWEI).encoded());
      box.box.produceSlots(5);
      headRoot = box.levers.status().headRoot();
    }

    // Ten days later: 216,000 slots of two seconds.
    Instant later = START.plus(Duration.ofDays(10));
    try (TestBox box = TestBox.open(dir, later)) {
      assertThat(box.levers.status().headRoot()).isEqualTo(headRoot);
      assertThat(box.box.currentSlot()).isEqualTo(432_000);
      assertThat(box.get("/eth/v1/beacon/blobs/1").data()).hasSize(1);
      assertThat(box.get("/eth/v2/validator/duties/proposer/54001").data()).hasSize(8);

      box.box.produceSlot();

      JsonNode message = box.get("/eth/v1/beacon/headers/head").data().get("header").get("message");
      assertThat(message.get("slot").asString()).isEqualTo("432001");
      assertThat(message.get("parent_root").asString()).isEqualTo(headRoot);
      assertThat(box.blockNumber()).isEqualTo(6);
    }
  }

  @Test
  void forgetsABeaconBlockWhoseExecutionBlockAKillLost() throws Exception {
    String headRoot;
    try (TestBox box = TestBox.open(dir)) {
      box.box.produceSlots(3);
      headRoot = box.levers.status().headRoot();
    }
    // The record of slot 4 was written, the execution chain did not get to its block.
    List<Column> columns = new ArrayList<>(ChainDb.columns("l1"));
    columns.addAll(BeaconDb.COLUMNS);
    try (RocksStore store = RocksStore.open(dir, columns)) {
      BeaconDb db = new BeaconDb(store);
      BeaconBlock head = db.atOrBefore(3);
      BeaconHeader lost = new BeaconHeader(4, 0, head.root(), Hash32.ZERO, Hash32.ZERO);
      db.put(BeaconBlock.of(lost, Keccak.EMPTY, 4, List.of()), head, List.of());
    }

    try (TestBox box = TestBox.open(dir, START.plusSeconds(2 * 4))) {
      assertThat(box.levers.status().headRoot()).isEqualTo(headRoot);
      assertThat(box.get("/eth/v1/beacon/headers/4").status()).isEqualTo(404);
      box.box.produceSlot();
      assertThat(box.box.headSlot()).isEqualTo(5);
      assertThat(box.blockNumber()).isEqualTo(4);
    }
  }

  @Test
  void remembersScriptedProposers() throws Exception {
    List<Integer> order = List.of(9, 8, 7, 6, 5, 4, 3, 2);
    try (TestBox box = TestBox.open(dir)) {
      box.levers.proposers(2, order);
    }

    try (TestBox box = TestBox.open(dir, START.plusSeconds(2 * 8))) {
      JsonNode duties = box.get("/eth/v2/validator/duties/proposer/2").data();
      assertThat(duties.get(0).get("validator_index").asString()).isEqualTo("9");
      assertThat(duties.get(7).get("validator_index").asString()).isEqualTo("2");
    }
  }

  @Test
  void refusesTheFolderOfABoxWithOtherSettings() throws Exception {
    try (TestBox box = TestBox.open(dir)) {
      box.box.produceSlot();
    }

    BoxOptions slower = TestBox.options(dir, InstantSource.fixed(START)).withSlotSeconds(4);
    assertThatThrownBy(() -> TestBox.open(slower))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another slot length");
    // Everything was closed again: the folder is free.
    TestBox.open(dir).close();
  }

  @Test
  void forgetsBlobsAfterTheirRetention() throws Exception {
    BoxOptions options =
        TestBox.options(dir, InstantSource.fixed(START)).withBlobRetentionEpochs(2);
    try (TestBox box = TestBox.open(options)) {
      box.send(blobs(wallet(0), 0, 1, GWEI).encoded());
      box.box.produceSlots(16);
      assertThat(box.get("/eth/v1/beacon/blobs/1").status()).isEqualTo(200);

      box.box.produceSlots(8);

      assertThat(box.get("/eth/v1/beacon/blobs/1").status()).isEqualTo(404);
      assertThat(box.get("/eth/v1/beacon/headers/1").status()).isEqualTo(200);
    }
  }
}
