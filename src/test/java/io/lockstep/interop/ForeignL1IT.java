// SPDX-License-Identifier: Apache-2.0
package io.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Operators on L1s that are not ours: contracts deployed, duties read, batches posted, blobs read
 * back, skipped slots and reorgs survived, and a follower that derives from that L1 alone. By hand:
 * {@code src/test/interop/run A|C}.
 */
@Timeout(240)
class ForeignL1IT {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Test
  void operatorsRunOnAnvil() throws Exception {
    Npm.assumeInstalled("anvil");
    passes("C");
  }

  @Test
  void operatorsRunOnARealExecutionClientUnderLodestarsRules() throws Exception {
    Npm.assumeL1Installed();
    passes("A");
  }

  private static void passes(String which) throws Exception {
    // What it proves by the benchmarks, which are built after these tests, RealStateIT does.
    NodeScript run = NodeScript.runAndPass(LIMIT, "journey.mjs", which, "no-proofs");
    assertThat(run.output().strip().lines().toList().getLast())
        .as(run.output())
        .startsWith(which + " passed")
        .contains("batches posted", "a follower derives from " + which + " alone");
  }
}
