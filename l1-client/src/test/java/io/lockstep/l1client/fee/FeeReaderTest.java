// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.fee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.http.Json;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.uint.UInt256;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FeeReaderTest {
  private static final String CONFIG =
      """
      {"current": {"activationTime": 5, "blobSchedule": {"target": 6, "max": 9,
          "baseFeeUpdateFraction": 5007716}, "precompiles": {"ECREC": "0x01"}},
       "next": {"activationTime": 1700000100, "blobSchedule": {"target": 10, "max": 15,
          "baseFeeUpdateFraction": 8346193}, "precompiles": {"P256VERIFY": "0x0100"}},
       "last": {"activationTime": "0x6553f3c8", "blobSchedule": {"target": 14, "max": 21,
          "baseFeeUpdateFraction": 11684671}, "precompiles": {"0x0100": "P256VERIFY"}}}
      """;

  private final FakeChain chain = new FakeChain();
  private final StubL1 l1 = new StubL1(chain);
  private final JdkTransport transport = new JdkTransport(1_000);
  private final ExecutionClient execution =
      new ExecutionClient(l1.pool(), transport, HttpOptions.DEFAULT);

  @AfterEach
  void close() {
    l1.close();
    transport.close();
  }

  private FeeReader reader() {
    return new FeeReader(execution, BlobSchedule.UNKNOWN, FakeChain.SLOT_SECONDS);
  }

  @Test
  void readsTheScheduleOfTheForksToCome() throws Exception {
    l1.execution().answer("eth_config", Json.parse(CONFIG));

    BlobSchedule schedule = reader().market(true).schedule();

    assertThat(schedule.at(1_700_000_099)).isEqualTo(new BlobParams(6, 9, 5_007_716, false));
    assertThat(schedule.at(1_700_000_100)).isEqualTo(new BlobParams(10, 15, 8_346_193, true));
    assertThat(schedule.at(0x6553f3c8)).isEqualTo(new BlobParams(14, 21, 11_684_671, true));
    assertThat(reader().wrapping()).isEqualTo(FeeReader.Wrapping.PLAIN);
  }

  @Test
  void takesTheBeaconNodesMaximaWhereTheExecutionClientSaysNothing() throws Exception {
    BeaconClient beacon = new BeaconClient(l1.pool(), transport, HttpOptions.DEFAULT);
    BlobSchedule schedule = BlobSchedule.ofBeacon(beacon.spec());

    // the stub's spec: 9 blobs, from epoch 10 on 21, Fulu from the start
    assertThat(schedule.at(FakeChain.GENESIS_SECONDS))
        .isEqualTo(new BlobParams(6, 9, 5_007_716, true));
    long epochTen =
        FakeChain.GENESIS_SECONDS + 10 * FakeChain.SLOTS_PER_EPOCH * FakeChain.SLOT_SECONDS;
    assertThat(schedule.at(epochTen - 1).maxBlobs()).isEqualTo(9);
    assertThat(schedule.at(epochTen)).isEqualTo(new BlobParams(14, 21, 11_684_671, true));
    assertThat(reader().wrapping()).isEqualTo(FeeReader.Wrapping.UNSAID);
    assertThat(reader().market(true).schedule()).isEqualTo(BlobSchedule.UNKNOWN);
  }

  @Test
  void readsTipsFromTheFeeHistory() throws Exception {
    l1.execution()
        .answer(
            "eth_feeHistory",
            Json.parse("{\"reward\": [[\"0x1\",\"0x9\"],[\"0x5\",\"0x7\"],[\"0x3\",\"0x3\"]]}"));

    assertThat(reader().market(true).tips())
        .isEqualTo(new FeeMarket.Tips(UInt256.of(3), UInt256.of(9)));

    l1.execution().answer("eth_feeHistory", Json.parse("{\"reward\": [[\"0x1\"]]}"));
    assertThatThrownBy(() -> reader().market(true)).hasMessageContaining("eth_feeHistory");
  }

  @Test
  void isTotalOverWhatANodeMaySay() throws Exception {
    for (String bad :
        new String[] {
          "{\"current\": {\"blobSchedule\": {\"target\": 9, \"max\": 6,"
              + " \"baseFeeUpdateFraction\": 1}}}",
          "{\"current\": {\"blobSchedule\": {\"target\": 1, \"max\": 6,"
              + " \"baseFeeUpdateFraction\": 0}}}",
          "{\"current\": {\"blobSchedule\": {\"target\": -1, \"max\": 6,"
              + " \"baseFeeUpdateFraction\": 3}}}",
          "{\"current\": {\"blobSchedule\": {\"target\": 1.5, \"max\": 6,"
              + " \"baseFeeUpdateFraction\": 3}}}",
        }) {
      assertThatThrownBy(() -> BlobSchedule.ofConfig(Json.parse(bad)))
          .as(bad)
          .isInstanceOf(DecodeException.class);
    }
    assertThat(BlobSchedule.ofConfig(Json.parse("{\"current\": {\"blobSchedule\": null}}")))
        .isNull();
  }
}
