// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few kills; {@link ChainDbKillIT} has many. */
class ChainDbKillTest {
  @TempDir Path dir;

  @Test
  void everyKillLeavesAWholeChainWithTheLastReportedHead() throws Exception {
    ChainKills.run(dir, 31, 12);
  }
}
