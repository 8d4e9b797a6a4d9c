// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.head.NodeStatus;
import java.nio.file.Path;
import java.util.LongSummaryStatistics;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A schedule is relied upon on the branch of L1 for which it was told (protocol §2.7.3). */
class UnconfirmedDutiesTest {
  @Test
  void nothingIsSignedByAScheduleThatTheBeaconNodeToldBeforeItsBranchWasSeen(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.until("the last slot of an epoch", () -> (net.slot() + 1) % 8 == 0);
      long fixedIn = (net.slot() + 1) / 8;
      net.beaconAnswers = false;
      net.slots(2 * ScenarioNet.SLOTS_PER_EPOCH);

      assertThat(windowEpochs(net).getMax()).isEqualTo(fixedIn);
      NodeStatus status = net.operator(3).view.status();
      assertThat(status.state()).isNotEqualTo(NodeStatus.State.SEQUENCING);

      net.beaconAnswers = true;
      net.slots(6);
      assertThat(windowEpochs(net).getMax()).isGreaterThan(fixedIn);
    }
  }

  private static LongSummaryStatistics windowEpochs(ScenarioNet net) {
    return IntStream.rangeClosed(1, 3)
        .boxed()
        .flatMap(id -> net.operator(id).sealed.stream())
        .map((SealMessage seal) -> new Slot(seal.seal().object().windowSlot()))
        .mapToLong(slot -> net.clock.epochOf(slot).value())
        .summaryStatistics();
  }
}
