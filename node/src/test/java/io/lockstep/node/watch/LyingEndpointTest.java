// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.duties.DutyEvent;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints that say what is not so. */
@Timeout(120)
class LyingEndpointTest {
  private static final String MADE_UP = "0x" + "ab".repeat(32);

  @Test
  void holdsBackDutiesThatTheStateContradicts(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      long next = rig.epoch() + 2;
      rig.beacons
          .getFirst()
          .fault((asked, box) ->
              asked.path().endsWith("/duties/proposer/" + next)
                  ? withOtherProposer(box.answer())
                  : box.answer());
      rig.toNextEpoch();
      rig.await("the alarm", () -> !rig.told(DutyEvent.DutiesDoubtful.class).isEmpty());
      rig.slots(2);

      assertThat(rig.told(DutyEvent.DutiesDoubtful.class))
          .singleElement()
          .satisfies(doubt -> {
            assertThat(doubt.epoch()).isEqualTo(new Epoch(next));
            assertThat(doubt.why()).contains("by the duties").contains("by the state that 127");
          });
      assertThat(isTold(rig, next)).isFalse();

      rig.beacons.getFirst().behave();
      rig.slots(1);
      rig.await("the true duties", () -> isTold(rig, next));
      assertThat(rig.told(DutyEvent.DoubtEnded.class)).hasSize(1);
    }
  }

  private static boolean isTold(WatchRig rig, long epoch) {
    return rig.told(DutyEvent.DutiesChanged.class).stream()
        .anyMatch(changed -> changed.epoch().equals(new Epoch(epoch)));
  }

  private static FaultProxy.Answer withOtherProposer(FaultProxy.Answer answer) {
    return answer.with(
        answer
            .body()
            .replaceFirst("\"validator_index\":\"\\d+\"", "\"validator_index\":\"63999\""));
  }

  @Test
  void withdrawsDutiesThatAStateContradictsLater(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.toNextEpoch();
      rig.beacons
          .getLast()
          .fault((asked, box) -> {
            FaultProxy.Answer answer = box.answer();
            return asked.path().endsWith("/proposer_lookahead")
                ? answer.with(
                    answer.body().replaceFirst("\"data\":\\[\"\\d+\"", "\"data\":[\"63999\""))
                : answer;
          });
      rig.slots(3);
      rig.await("it is withdrawn", () -> !rig.told(DutyEvent.DutiesWithdrawn.class).isEmpty());
      assertThat(rig.told(DutyEvent.DutiesWithdrawn.class).getFirst().from())
          .isEqualTo(new Epoch(rig.epoch()));
    }
  }

  @Test
  void raisesTheAlarmAndLeavesABeaconNodeThatIsOnAnotherChain(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.slots(2);
      rig.beacons
          .getFirst()
          .fault((asked, box) -> {
            FaultProxy.Answer answer = box.answer();
            return asked.path().startsWith("/eth/v2/beacon/blocks/")
                ? answer.with(
                    answer
                        .body()
                        .replaceAll(
                            "\"block_hash\":\"0x[0-9a-f]+\"", "\"block_hash\":\"" + MADE_UP + "\""))
                : answer;
          });
      rig.slots(1);
      rig.await("the alarm", () -> !rig.doubts.isEmpty());
      assertThat(rig.doubts.getFirst()).contains("no execution client has block " + MADE_UP);
      rig.await("the liar is asked last", () -> rig.beaconStatus(0).distrusted());
      rig.slots(1);
      rig.await("agreement by the other", () -> rig.doubts.getLast().isEmpty());
      assertThat(rig.beaconStatus(1).distrusted()).isFalse();

      rig.beacons.getFirst().behave();
      rig.await("it is believed again", () -> !rig.beaconStatus(0).distrusted());
    }
  }

  @Test
  void rewindsBlocksThatAnExecutionClientMadeUp(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.slots(2);
      Hash32 head = Hash32.fromHex(rig.levers.status().blockHash());
      rig.rpcs.getFirst().fault((asked, box) -> madeUp(asked, box, head));
      rig.box.produceSlot();
      rig.await(
          "the made-up block is told", () -> rig.toldChain().contains(Hash32.fromHex(MADE_UP)));
      rig.await("the alarm", () -> !rig.doubts.isEmpty());
      rig.await("the liar is asked last", () -> rig.rpcStatus(0).distrusted());
      rig.awaitHead();
      rig.await("agreement by the other", () -> rig.doubts.getLast().isEmpty());

      assertThat(rig.seen(L1Event.Reorg.class))
          .last()
          .satisfies(reorg ->
              assertThat(reorg.dropped())
                  .extracting(block -> block.hash().toHex())
                  .contains(MADE_UP));
      assertThat(rig.toldChain()).isEqualTo(rig.boxChain());
    }
  }

  /** Shows a made-up child of {@code parent} as the newest block, and denies the true one. */
  private static FaultProxy.Answer madeUp(FaultProxy.Asked asked, FaultProxy.Box box, Hash32 parent)
      throws IOException {
    FaultProxy.Answer answer = box.answer();
    String body = answer.body();
    boolean isBlock = asked.isCall("eth_getBlockByNumber") || asked.isCall("eth_getBlockByHash");
    if (!isBlock || !body.contains("\"parentHash\":\"" + parent.toHex() + "\"")) {
      return answer;
    }
    if (asked.isCall("eth_getBlockByHash")) {
      return answer.with(body.replaceFirst("\"result\":\\{.*\\}", "\"result\":null}"));
    }
    return answer.with(
        body.replaceFirst("\"hash\":\"0x[0-9a-f]{64}\"", "\"hash\":\"" + MADE_UP + "\""));
  }

  @Test
  void refusesAnEndpointThatComesBackAsAnotherChain(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      FaultProxy rpc = rig.rpcs.getFirst();
      FaultProxy beacon = rig.beacons.getFirst();
      rpc.always(FaultProxy.Answer.HTML);
      beacon.always(FaultProxy.Answer.HTML);
      rig.slots(2);
      rig.await("the beacon node failed", () -> rig.beaconStatus(0).failuresInARow() > 0);
      rpc.fault((asked, box) ->
          asked.isCall("eth_chainId")
              ? box.answer().with(box.answer().body().replaceAll("0x384", "0x1"))
              : box.answer());
      beacon.fault((asked, box) ->
          asked.path().endsWith("/deposit_contract")
              ? box.answer().with(box.answer().body().replace("\"900\"", "\"1\""))
              : box.answer());
      rig.await("both are refused", () -> rig.refusals.size() == 2);

      assertThat(rig.refusals)
          .containsExactlyInAnyOrder(
              rpc.name() + " is chain 1, expected 900",
              beacon.name() + " stands over execution chain 1, expected 900");
      long before = rpc.asked("eth_getBlockByNumber");
      rig.slots(3);
      assertThat(rpc.asked("eth_getBlockByNumber")).as("asked nothing more").isEqualTo(before);
      assertThat(rig.toldChain()).isEqualTo(rig.boxChain());
    }
  }
}
