// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.storage.kv.KeyValueStore;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Whatever is asked of a signer, however often it dies, loses its power, is put back from a backup
 * or restored: what has left it contradicts nothing.
 */
class SigningPropertyTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);
  private static final int RUNS = Integer.getInteger("lockstep.test.runs", 12);
  private static final int STEPS = 1_500;

  @Test
  void neverContradictsItselfWhateverHappens() {
    System.out.println("seed " + SEED);
    TreeMap<String, Integer> happened = new TreeMap<>();
    for (int run = 0; run < RUNS; run++) {
      KeyValueStore.Durability mode =
          run % 2 == 0 ? KeyValueStore.Durability.FSYNC : KeyValueStore.Durability.PROCESS;
      SigningLife life = new SigningLife(SEED + run, mode);
      for (int step = 0; step < STEPS; step++) {
        life.step();
      }
      life.happened().forEach((what, times) -> happened.merge(what, times, Integer::sum));
    }
    System.out.println(happened);
    for (String what :
        new String[] {
          "granted",
          "refused",
          "repeated",
          "continued",
          "killed",
          "lost power",
          "anchor died",
          "put back signing alone",
          "put back everything",
          "imported",
          "renewed",
          "a twin refused"
        }) {
      assertThat(happened.getOrDefault(what, 0)).as(what + " " + happened).isGreaterThan(10);
    }
  }
}
