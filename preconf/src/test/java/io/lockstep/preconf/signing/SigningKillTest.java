// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.storage.kv.KeyValueStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A signer that is killed with SIGKILL has forgotten nothing that it had released. */
class SigningKillTest {
  private static final int KILLS = Integer.getInteger("lockstep.test.kills", 8);

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource(KeyValueStore.Durability.class)
  void everythingReleasedSurvivesAKillAndNothingContradictsIt(KeyValueStore.Durability mode)
      throws Exception {
    long seed = 12;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Map<String, String> statements = new HashMap<>();
    int continued = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      List<String> released;
      try (SignerProcess child = SignerProcess.start(dir, mode, seed * 1_000 + kill)) {
        child.awaitReleases(1 + random.nextInt(300));
        released = new ArrayList<>(child.killAndReleased());
      }
      if (released.getFirst().startsWith("continues")) {
        continued++;
        released.removeFirst();
      }

      SigningRig.Options options = SigningRig.Options.PLAIN.withMode(mode);
      try (SigningRig rig = SigningRig.open(SignerProcess.scene(), dir, options)) {
        assertThat(rig.signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
        for (String line : released) {
          String[] words = line.split(" ", -1);
          Place place =
              new Place(
                  Long.parseLong(words[1]), words[0].equals("seal"), Long.parseLong(words[2]));
          String said = words[3] + " " + words[4];
          String earlier = statements.putIfAbsent(place.toString(), said);
          assertThat(earlier == null || earlier.equals(said)).as(line).isTrue();
          SigningRecord record = rig.database.record(place);
          assertThat(record).as(line).isNotNull();
          if (record != null) {
            assertThat(record.identity().toHex() + " " + record.signature().toBytes().toHex())
                .isEqualTo(said);
          }
          assertThat(rig.database.state().reservation()).isGreaterThanOrEqualTo(place.tick());
        }
        Place highest = rig.database.highest();
        boolean isOpen = highest != null && !highest.seal();
        assertThat(rig.signer.unfinished().isPresent()).isEqualTo(isOpen);
        rig.signer.unfinished().ifPresent(journal -> assertThat(journal.mayContinue()).isTrue());
      }
    }
    assertThat(continued).isPositive();
    assertThat(statements).hasSizeGreaterThan(KILLS);
  }
}
