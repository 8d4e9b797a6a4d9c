// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kill before and after every write of a posting's life. */
class PostingKillIT {
  @TempDir Path dir;

  @Test
  void everyKillLeavesOnePostingAndTheSameBytes() throws Exception {
    int gate = 1;
    while (PostingKills.runWithKillAt(gate, dir.resolve("gate-" + gate))) {
      gate++;
    }
    // sealed, encoded, signed, sent, included, final: a replacement and safe as the time has it
    assertThat(gate).isGreaterThan(2 * 6);
    System.out.println("killed at " + (gate - 1) + " gates");
  }
}
