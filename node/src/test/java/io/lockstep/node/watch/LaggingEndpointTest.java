// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.duties.DutyEvent;
import io.lockstep.l1client.heads.L1Event;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints that are behind the others. */
@Timeout(120)
class LaggingEndpointTest {
  @Test
  void asksAnExecutionClientThatIsBehindLast(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.slots(6);
      String old = "0x" + Long.toHexString(2);
      rig.rpcs
          .getFirst()
          .fault((asked, box) -> {
            FaultProxy.Answer answer = box.answer();
            return asked.isCall("eth_blockNumber")
                ? answer.with(
                    answer
                        .body()
                        .replaceAll("\"result\":\"0x[0-9a-f]+\"", "\"result\":\"" + old + "\""))
                : answer;
          });
      rig.await("it is known to lag", () -> rig.rpcStatus(0).lagging());
      long before = rig.rpcs.getLast().asked("latest");
      rig.slots(2);

      assertThat(rig.rpcs.getLast().asked("latest")).isGreaterThan(before);
      assertThat(rig.seen(L1Event.Reorg.class)).isEmpty();
      rig.rpcs.getFirst().behave();
      rig.await("it has caught up", () -> !rig.rpcStatus(0).lagging());
    }
  }

  @Test
  void asksABeaconNodeThatIsBehindOrSyncingLast(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.slots(6);
      rig.beacons
          .getFirst()
          .fault((asked, box) -> {
            FaultProxy.Answer answer = box.answer();
            return asked.path().endsWith("/syncing")
                ? answer.with(
                    answer.body().replaceAll("\"head_slot\":\"\\d+\"", "\"head_slot\":\"1\""))
                : answer;
          });
      rig.await("it is known to lag", () -> rig.beaconStatus(0).lagging());
      long before = rig.beacons.getLast().asked("/duties/proposer/");
      rig.slots(2);
      rig.await(
          "duties come from the other",
          () -> rig.beacons.getLast().asked("/duties/proposer/") > before);

      rig.beacons
          .getFirst()
          .fault((asked, box) -> {
            FaultProxy.Answer answer = box.answer();
            return answer.with(
                answer.body().replace("\"is_optimistic\":false", "\"is_optimistic\":true"));
          });
      rig.slots(1);
      assertThat(rig.beaconStatus(0).lagging()).isTrue();
      assertThat(rig.told(DutyEvent.DutiesDoubtful.class)).isEmpty();
    }
  }
}
