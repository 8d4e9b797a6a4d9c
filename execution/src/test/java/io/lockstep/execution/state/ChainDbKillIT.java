// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many kills; {@code -Dlockstep.test.kills} says how many. */
class ChainDbKillIT {
  @TempDir Path dir;

  @Test
  void everyKillLeavesAWholeChainWithTheLastReportedHead() throws Exception {
    ChainKills.run(dir, 32, Integer.getInteger("lockstep.test.kills", 110));
  }
}
