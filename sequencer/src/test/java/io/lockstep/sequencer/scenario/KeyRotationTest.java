// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.schedule.RegistryChange;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A window's committer is the one of its epoch, and no other key signs in it (protocol §1.1.4). */
class KeyRotationTest {
  private static final int ROTATING = 2;

  @Test
  void aNodeSignsNothingInWindowsOfKeysThatItDoesNotHave(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      long firstEpoch = net.clock.epochOf(new Slot(net.slot())).value() + 2;
      net.registry(
          new RegistryChange.KeysRotated(
              new Epoch(firstEpoch),
              ROTATING,
              List.of(Address.ofLong(402), Address.ofLong(502)),
              ScenarioNet.key("another committer").address()));

      net.slots(4 * ScenarioNet.SLOTS_PER_EPOCH);

      Map<Long, Integer> sealsByEpoch = new TreeMap<>();
      for (SealMessage seal : net.operator(ROTATING).sealed) {
        Slot windowSlot = new Slot(seal.seal().object().windowSlot());
        sealsByEpoch.merge(net.clock.epochOf(windowSlot).value(), 1, Integer::sum);
      }
      assertThat(sealsByEpoch).containsKey(firstEpoch - 1);
      assertThat(sealsByEpoch.keySet()).allMatch(epoch -> epoch < firstEpoch);
      assertThat(net.follower().safeHeight()).isPositive();
    }
  }
}
