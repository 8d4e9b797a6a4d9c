// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static io.lockstep.devnet.l1.TestBox.GWEI;
import static io.lockstep.devnet.l1.TestBox.blobs;
import static io.lockstep.devnet.l1.TestBox.number;
import static io.lockstep.devnet.l1.TestBox.transfer;
import static io.lockstep.devnet.l1.TestBox.wallet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BoxBlocksTest {
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
  void refusesASlotShorterThanTheHandoverLead() {
    BoxOptions options = TestBox.options(dir, InstantSource.fixed(TestBox.START));

    assertThatThrownBy(() -> options.withSlotSeconds(1))
        .hasMessageContaining("at least 2 s, got 1");
  }

  @Test
  void makesABlockASlotWithTransactionsByTip() throws Exception {
    Hash32 low = box.send(transfer(wallet(0), 0, GWEI).encoded());
    Hash32 high = box.send(transfer(wallet(1), 0, GWEI.multiply(UInt256.of(3))).encoded());
    Hash32 second = box.send(transfer(wallet(0), 1, GWEI.multiply(UInt256.of(9))).encoded());
    assertThat(box.receipt(low).isNull()).isTrue();

    box.box.produceSlot();

    JsonNode block = box.block("latest");
    assertThat(number(block.get("number"))).isEqualTo(1);
    assertThat(number(block.get("timestamp"))).isEqualTo(TestBox.START.getEpochSecond() + 2);
    List<String> order = new ArrayList<>();
    block.get("transactions").forEach(hash -> order.add(hash.asString()));
    assertThat(order).containsExactly(high.toHex(), low.toHex(), second.toHex());
    assertThat(box.receipt(second).get("status").asString()).isEqualTo("0x1");
  }

  @Test
  void putsTheParentBeaconRootIntoTheBlockAndItsContract() throws Exception {
    box.box.produceSlots(2);

    String parent = box.get("/eth/v1/beacon/headers/1").data().get("root").asString();
    JsonNode block = box.block("latest");
    assertThat(block.get("parentBeaconBlockRoot").asString()).isEqualTo(parent);
    JsonNode call =
        BeaconJson.object()
            .put("to", "0x000f3df6d732807ef1319fb7b8bb8522d0beac02")
            .put("data", UInt256.of(number(block.get("timestamp"))).toHash().toHex());
    assertThat(box.result("eth_call", call, Params.text("latest")).asString()).isEqualTo(parent);
  }

  @Test
  void takesBlobsOfVersionOneAndServesThem() throws Exception {
    BlobTransaction tx = blobs(wallet(0), 0, 2, GWEI);
    Hash32 hash = box.send(tx.encoded());
    box.box.produceSlot();

    JsonNode receipt = box.receipt(hash);
    assertThat(receipt.get("status").asString()).isEqualTo("0x1");
    assertThat(number(receipt.get("blobGasUsed"))).isEqualTo(2 * 131_072);
    JsonNode body = box.get("/eth/v2/beacon/blocks/head").data().get("message").get("body");
    assertThat(body.get("blob_kzg_commitments")).hasSize(2);
    JsonNode all = box.get("/eth/v1/beacon/blobs/head").data();
    assertThat(all).hasSize(2);
    String wanted = tx.transaction().blobVersionedHashes().get(1).toHex();
    JsonNode one = box.get("/eth/v1/beacon/blobs/1?versioned_hashes=" + wanted).data();
    assertThat(one).hasSize(1);
    assertThat(one.get(0).asString()).isEqualTo(tx.blobs().get(1).toHex());
  }

  @Test
  void refusesBlobsWithoutWrapperOrOfVersionZero() throws Exception {
    BlobTransaction tx = blobs(wallet(0), 0, 1, GWEI);

    assertThat(box.refusal(tx.transaction().encoded())).contains("wrapper expected");
    assertThat(box.refusal(versionZero(tx))).contains("version 0 is not accepted");
  }

  @Test
  void refusesBlobsWhoseProofsOrHashesAreWrong() throws Exception {
    BlobTransaction tx = blobs(wallet(0), 0, 2, GWEI);
    BlobTransaction swapped =
        new BlobTransaction(
            tx.transaction(),
            tx.blobs(),
            tx.commitments(),
            List.of(tx.cellProofs().get(1), tx.cellProofs().get(0)));
    BlobTransaction other =
        new BlobTransaction(
            tx.transaction(),
            tx.blobs(),
            List.of(tx.commitments().get(1), tx.commitments().get(1)),
            tx.cellProofs());

    assertThat(box.refusal(swapped.encoded())).isEqualTo("invalid cell proofs for blob 0");
    assertThat(box.refusal(other.encoded())).contains("mismatches transaction one");
    assertThat(box.levers.status().pooledTransactions()).isZero();
  }

  @Test
  void fitsOnlyAsManyBlobsIntoABlockAsTheForkAllows() throws Exception {
    Hash32 first = box.send(blobs(wallet(0), 0, 6, GWEI).encoded());
    Hash32 second = box.send(blobs(wallet(1), 0, 4, GWEI).encoded());
    box.box.produceSlot();
    assertThat(box.receipt(first).isNull()).isFalse();
    assertThat(box.receipt(second).isNull()).isTrue();

    box.box.produceSlot();
    assertThat(box.receipt(second).isNull()).isFalse();
  }

  @Test
  void raisesTheBlobFeeOnOrderAndLetsItFallByTheRules() throws Exception {
    box.levers.blobBaseFee("1000000000");
    box.box.produceSlot();
    UInt256 spike = blobBaseFee();
    assertThat(spike).isGreaterThanOrEqualTo(GWEI);
    Hash32 cheap = box.send(blobs(wallet(0), 0, 1, UInt256.of(900_000_000L)).encoded());

    box.box.produceSlot();
    UInt256 after = blobBaseFee();
    assertThat(after).isLessThan(spike);
    if (after.compareTo(UInt256.of(900_000_000L)) > 0) {
      assertThat(box.receipt(cheap).isNull()).isTrue();
    }
    box.box.produceSlots(3);
    assertThat(box.receipt(cheap).isNull()).isFalse();
  }

  @Test
  void setsTheBaseFeeOnOrder() throws Exception {
    box.levers.baseFee("50000000000");
    box.box.produceSlot();

    assertThat(number(box.block("latest").get("baseFeePerGas"))).isEqualTo(50_000_000_000L);
    box.box.produceSlot();
    assertThat(number(box.block("latest").get("baseFeePerGas"))).isEqualTo(43_750_000_000L);
  }

  @Test
  void refusesTransactionsThatCanNeverBeValid() throws Exception {
    Transaction foreign =
        Transaction.Unsigned.feeMarket(
                UInt256.of(1), 0, GWEI, GWEI, 21_000, Address.ZERO, UInt256.ONE, Bytes.EMPTY)
            .sign(wallet(0));
    Transaction starving =
        Transaction.Unsigned.feeMarket(
                UInt256.of(900), 0, GWEI, GWEI, 20_999, Address.ZERO, UInt256.ONE, Bytes.EMPTY)
            .sign(wallet(0));
    Transaction greedy =
        Transaction.Unsigned.feeMarket(
                UInt256.of(900), 0, GWEI, GWEI, 1 << 25, Address.ZERO, UInt256.ONE, Bytes.EMPTY)
            .sign(wallet(0));

    assertThat(box.refusal(foreign.encoded())).contains("invalid chain id");
    assertThat(box.refusal(starving.encoded()))
        .isEqualTo("intrinsic gas too low: have 20999, want 21000");
    assertThat(box.refusal(greedy.encoded())).contains("cap: 16777216");
    assertThat(box.refusal(Bytes.of(1, 2, 3))).isNotEmpty();
  }

  @Test
  void countsWaitingTransactionsInThePendingNonceAndShowsThem() throws Exception {
    Hash32 hash = box.send(transfer(wallet(0), 0, GWEI).encoded());
    box.send(transfer(wallet(0), 1, GWEI).encoded());
    box.send(transfer(wallet(0), 5, GWEI).encoded());
    JsonNode address = Params.text(wallet(0).address().toHex());

    assertThat(number(box.result("eth_getTransactionCount", address, Params.text("latest"))))
        .isZero();
    assertThat(number(box.result("eth_getTransactionCount", address, Params.text("pending"))))
        .isEqualTo(2);
    JsonNode pending = box.result("eth_getTransactionByHash", Params.text(hash.toHex()));
    assertThat(pending.get("blockHash").isNull()).isTrue();
    assertThat(pending.get("hash").asString()).isEqualTo(hash.toHex());
    JsonNode status = box.result("txpool_status");
    assertThat(number(status.get("pending"))).isEqualTo(2);
    assertThat(number(status.get("queued"))).isEqualTo(1);
  }

  @Test
  void answersUnknownMethodsAndBlocksAsTheSpecificationSays() throws Exception {
    assertThat(box.rpc("eth_noSuchThing").get("error").get("code").asInt()).isEqualTo(-32601);
    assertThat(box.block("0x100").isNull()).isTrue();
    assertThat(box.result("eth_chainId").asString()).isEqualTo("0x384");
  }

  @Test
  void tellsSafeAndFinalizedByEpochs() throws Exception {
    assertThat(number(box.block("finalized").get("number"))).isZero();
    box.box.produceSlots(26);

    // Slot 26 is of epoch 3: epoch 2 (slot 16) is justified, epoch 1 (slot 8) is final.
    assertThat(number(box.block("safe").get("number"))).isEqualTo(16);
    assertThat(number(box.block("finalized").get("number"))).isEqualTo(8);
  }

  private UInt256 blobBaseFee() throws Exception {
    return UInt256.of(
        new BigInteger(
            box.result("eth_feeHistory", Params.text("0x1"), Params.text("latest"), empty())
                .get("baseFeePerBlobGas")
                .get(0)
                .asString()
                .substring(2),
            16));
  }

  private static JsonNode empty() {
    return BeaconJson.JSON.arrayNode();
  }

  /** The network form of EIP-4844: no version, one proof a blob. */
  private static Bytes versionZero(BlobTransaction tx) {
    byte[] payload =
        tx.transaction().encoded().slice(1, tx.transaction().encoded().size()).toArray();
    RlpWriter out = new RlpWriter().startList().raw(payload);
    for (List<Bytes> items :
        List.of(
            tx.blobs(),
            tx.commitments(),
            Collections.nCopies(tx.blobs().size(), Bytes.wrap(new byte[48])))) {
      out.startList();
      items.forEach(out::bytes);
      out.endList();
    }
    byte[] list = out.endList().toArray();
    byte[] all = new byte[list.length + 1];
    all[0] = 3;
    System.arraycopy(list, 0, all, 1, list.length);
    return Bytes.wrap(all);
  }
}
