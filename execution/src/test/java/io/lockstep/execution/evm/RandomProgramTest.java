// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.fixture.EvmRun;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.Rules;
import io.lockstep.primitives.types.Bytes;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random code must always come to an end, and a watcher must never change it. */
class RandomProgramTest {
  private static final long SEED = Long.getLong("lockstep.seed", 3155L);
  private static final Fork[] FORKS = {
    Fork.FRONTIER, Fork.BYZANTIUM, Fork.ISTANBUL, Fork.LONDON, Fork.CANCUN, Fork.OSAKA
  };

  private final Random random = new Random(SEED);

  @Test
  void givesTheSameResultWatchedAndUnwatched() {
    int successes = 0;
    for (int i = 0; i < 5_000; i++) {
      Fork fork = FORKS[random.nextInt(FORKS.length)];
      Bytes code = Programs.random(random, Rules.of(fork), false);
      byte[] input = new byte[random.nextInt(100)];
      random.nextBytes(input);
      long gas = 1_000L + random.nextInt(400_000);

      EvmRun.Result plain = EvmRun.run(code, Bytes.wrap(input), gas, fork, Engine.PLAIN, null);
      StepTracer.Options everything = new StepTracer.Options(true, true, Long.MAX_VALUE);
      long[] outermost = {0};
      StepTracer tracer =
          new StepTracer(
              everything, step -> outermost[0] += step.depth() == 1 ? step.gasCost() : 0);
      EvmRun.Result traced = EvmRun.run(code, Bytes.wrap(input), gas, fork, Engine.PLAIN, tracer);

      assertThat(traced).as("program %d %s %s, seed %d", i, fork, code, SEED).isEqualTo(plain);
      assertThat(plain.gasUsed()).isBetween(0L, gas);
      successes += plain.success() ? 1 : 0;
    }
    assertThat(successes).isGreaterThan(1_000);
  }

  @Test
  void stopsExactlyWhereTheGasEnds() {
    int tried = 0;
    for (int i = 0; i < 3_000; i++) {
      Bytes code = Programs.random(random, Rules.of(Fork.OSAKA), true);
      EvmRun.Result free =
          EvmRun.run(code, Bytes.EMPTY, 100_000_000, Fork.OSAKA, Engine.PLAIN, null);
      if (!free.success() || free.gasUsed() == 0) {
        continue;
      }
      tried++;

      EvmRun.Result exact =
          EvmRun.run(code, Bytes.EMPTY, free.gasUsed(), Fork.OSAKA, Engine.PLAIN, null);
      EvmRun.Result less =
          EvmRun.run(code, Bytes.EMPTY, free.gasUsed() - 1, Fork.OSAKA, Engine.PLAIN, null);

      assertThat(exact).as("program %d %s, seed %d", i, code, SEED).isEqualTo(free);
      assertThat(less.error()).as("program %d %s, seed %d", i, code, SEED).isEqualTo("out of gas");
      assertThat(less.logs()).isEmpty();
    }
    assertThat(tried).isGreaterThan(500);
  }
}
