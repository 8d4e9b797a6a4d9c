// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kills that matter most; {@link PostingKillIT} has them all. */
class PostingKillTest {
  @TempDir Path dir;

  /** Behind the signing, before the record of a send, behind the signing of a replacement. */
  @ParameterizedTest
  @ValueSource(ints = {6, 7, 10})
  void aKillLeavesOnePostingAndTheSameBytes(int gate) throws Exception {
    assertThat(PostingKills.runWithKillAt(gate, dir)).isTrue();
  }
}
