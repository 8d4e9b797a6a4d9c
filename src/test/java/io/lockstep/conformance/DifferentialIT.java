// SPDX-License-Identifier: Apache-2.0
package io.lockstep.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.evm.Engine;
import io.lockstep.execution.fixture.MapState;
import io.lockstep.interop.Npm;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The same random transactions on the same random contracts for us, EthereumJS and anvil (revm):
 * who takes them, status, gas, logs, created contract and the root of the whole state after each
 * must be equal.
 *
 * <p>Seeds go from {@code lockstep.seed} on for {@code lockstep.differential.seconds}; a failure
 * names its seed.
 */
class DifferentialIT {
  private static final long FIRST_SEED = Long.getLong("lockstep.seed", 1L);
  private static final long SECONDS = Long.getLong("lockstep.differential.seconds", 20L);

  /** So many are run however slow the machine is. */
  private static final int LEAST_WORLDS = 10;

  /** EthereumJS and we know these hashes of blocks that nobody has made. */
  private static final Map<Long, Hash32> ANCESTORS = ancestors();

  private static final class Tally {
    int worlds;
    int transactions;
    int taken;
    int succeeded;
    long gas;

    void add(List<Verdict> verdicts) {
      worlds++;
      for (Verdict verdict : verdicts) {
        transactions++;
        taken += verdict.taken() ? 1 : 0;
        succeeded += verdict.success() ? 1 : 0;
        gas += verdict.gasUsed();
      }
    }

    @Override
    public String toString() {
      return "%d worlds, %d transactions, %d taken, %d succeeded, %d gas"
          .formatted(worlds, transactions, taken, succeeded, gas);
    }
  }

  private static Map<Long, Hash32> ancestors() {
    Map<Long, Hash32> out = new TreeMap<>();
    for (long number = 0; number < 330; number++) {
      out.put(number, Hash32.ofWords(number, 1, 2, 3));
    }
    return out;
  }

  @Test
  void agreesWithEthereumJs() throws Exception {
    Npm.assumeInstalled();
    Tally tally = new Tally();
    long seed = FIRST_SEED;
    try (EthereumJs other = new EthereumJs()) {
      for (long end = end(); tally.worlds < LEAST_WORLDS || System.nanoTime() < end; seed++) {
        World world = RandomWorld.of(seed, true);
        List<Verdict> ours = ownVerdicts(world, ANCESTORS);
        List<Verdict> theirs = other.run(world, ANCESTORS);
        int at = firstDifference(ours, theirs);
        if (at >= 0) {
          throw difference(world, at, "EthereumJS", ours, theirs);
        }
        tally.add(ours);
      }
    }
    report("EthereumJS", seed, tally);
  }

  @Test
  void agreesWithAnvil() throws Exception {
    Npm.assumeInstalled("anvil");
    Tally tally = new Tally();
    long seed = FIRST_SEED;
    try (Anvil other = new Anvil()) {
      for (long end = end(); tally.worlds < LEAST_WORLDS || System.nanoTime() < end; seed++) {
        World world = RandomWorld.of(seed, false);
        Anvil.Run run = other.run(world);
        List<Verdict> ours = ownVerdicts(run.world(), run.hashes());
        int at = firstDifference(ours, run.verdicts());
        if (at >= 0) {
          Anvil.Run again = other.run(world.first(at + 1));
          MapState state = OwnRun.of(again.world(), Engine.PLAIN, again.hashes()).state();
          throw difference(
              run.world(),
              at,
              "anvil",
              ours,
              run.verdicts(),
              "state: " + state.difference(other.state()));
        }
        tally.add(ours);
      }
    }
    report("anvil", seed, tally);
  }

  /** A comparison that cannot fail proves nothing. */
  @Test
  void seesASmallDifference() throws Exception {
    Npm.assumeInstalled();
    World world = RandomWorld.of(FIRST_SEED, true);
    World.Account onlyOurs = new World.Account(0, UInt256.ONE, Bytes.EMPTY, Map.of());
    try (EthereumJs other = new EthereumJs()) {
      List<Verdict> ours = ownVerdicts(world.with(Address.ofLong(0xbad), onlyOurs), ANCESTORS);
      assertThat(firstDifference(ours, other.run(world, ANCESTORS))).isZero();
    }
  }

  private static long end() {
    return System.nanoTime() + SECONDS * 1_000_000_000;
  }

  private static List<Verdict> ownVerdicts(World world, Map<Long, Hash32> hashes) {
    List<Verdict> eager = OwnRun.of(world, Engine.EAGER, hashes).verdicts();
    assertThat(OwnRun.of(world, Engine.PLAIN, hashes).verdicts())
        .as("our two engines, seed %d", world.seed())
        .isEqualTo(eager);
    return eager;
  }

  /** Index of the first transaction that is judged differently, -1 for none. */
  private static int firstDifference(List<Verdict> ours, List<Verdict> theirs) {
    assertThat(theirs).hasSameSizeAs(ours);
    for (int i = 0; i < ours.size(); i++) {
      if (!ours.get(i).agrees(theirs.get(i))) {
        return i;
      }
    }
    return -1;
  }

  /** All that is needed to look into a difference, by lines. */
  private static AssertionError difference(
      World world, int at, String who, List<Verdict> ours, List<Verdict> theirs, String... more) {
    List<String> lines = new ArrayList<>();
    lines.add("transaction %d of seed %d differs".formatted(at, world.seed()));
    lines.add("ours: " + ours.get(at));
    lines.add(who + ": " + theirs.get(at));
    lines.addAll(List.of(more));
    lines.add("block: " + world.envs().get(at));
    lines.add("transaction: " + world.transactions().get(at));
    lines.add("accounts: " + OwnRun.alloc(world));
    return new AssertionError(String.join("\n", lines));
  }

  private static void report(String who, long nextSeed, Tally tally) {
    System.out.println(
        "differential: %s: seeds %d to %d: %s".formatted(who, FIRST_SEED, nextSeed - 1, tally));
    assertThat(tally.taken).isGreaterThan(tally.transactions / 3);
    assertThat(tally.succeeded).isGreaterThan(tally.transactions / 10);
  }
}
