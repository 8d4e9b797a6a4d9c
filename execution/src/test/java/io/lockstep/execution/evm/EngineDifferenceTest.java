// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.fixture.MapState;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.CodeCache;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which engine ran cannot be told: random worlds of three contracts that call one another. */
class EngineDifferenceTest {
  private static final long SEED = Long.getLong("lockstep.seed", 7702L);
  private static final int ROUNDS = Integer.getInteger("lockstep.rounds", 1_500);
  private static final Fork[] FORKS = {
    Fork.FRONTIER,
    Fork.HOMESTEAD,
    Fork.BYZANTIUM,
    Fork.CONSTANTINOPLE,
    Fork.ISTANBUL,
    Fork.BERLIN,
    Fork.LONDON,
    Fork.SHANGHAI,
    Fork.CANCUN,
    Fork.OSAKA,
    Fork.OSAKA,
    Fork.OSAKA
  };
  private static final Address CALLER = Address.ofLong(0xca11e4);
  private static final Address[] CONTRACTS = {
    Address.ofLong(0xc0de01), Address.ofLong(0xc0de02), Address.ofLong(0xc0de03)
  };

  /** Everything that a run shows to the outside. */
  private record Seen(
      int status,
      long gasLeft,
      Bytes output,
      long refund,
      List<Log> logs,
      List<Boolean> warm,
      StateDiff diff) {}

  private final Random random = new Random(SEED);

  @Test
  void theEnginesDoTheSameWhateverTheGas() {
    int successes = 0;
    int burnt = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Fork fork = FORKS[random.nextInt(FORKS.length)];
      Bytes[] codes = codes(fork);
      byte[] input = new byte[random.nextInt(100)];
      random.nextBytes(input);
      Seen free = compare(i, fork, codes, input, 3_000_000);
      long used = 3_000_000 - free.gasLeft;
      if (Status.isSuccess(free.status)) {
        successes++;
        compare(i, fork, codes, input, used);
        compare(i, fork, codes, input, used - 1);
        compare(i, fork, codes, input, used / 2);
      } else if (Status.burnsGas(free.status)) {
        burnt++;
      }
      compare(i, fork, codes, input, random.nextInt((int) Math.max(1, Math.min(used, 200_000))));
    }
    assertThat(successes).as("of %d, seed %d", ROUNDS, SEED).isGreaterThan(ROUNDS / 5);
    assertThat(burnt).as("of %d, seed %d", ROUNDS, SEED).isGreaterThan(ROUNDS / 20);
  }

  private Bytes[] codes(Fork fork) {
    Bytes[] codes = new Bytes[CONTRACTS.length];
    Bytes[] addresses = new Bytes[CONTRACTS.length];
    for (int i = 0; i < CONTRACTS.length; i++) {
      byte[] bytes = new byte[20];
      CONTRACTS[i].write(bytes, 0);
      addresses[i] = Bytes.wrap(bytes);
    }
    for (int i = 0; i < CONTRACTS.length; i++) {
      codes[i] =
          random.nextInt(5) == 0
              ? Programs.random(random, Rules.of(fork), false)
              : BranchyPrograms.random(random, Rules.of(fork), addresses);
    }
    return codes;
  }

  private static Seen compare(int round, Fork fork, Bytes[] codes, byte[] input, long gas) {
    Seen plain = run(fork, codes, input, gas, Engine.PLAIN);
    for (Engine engine : new Engine[] {Engine.EAGER, Engine.REGISTER}) {
      assertThat(run(fork, codes, input, gas, engine))
          .as(
              "%s, world %d on %s with %d gas: %s, input %s, seed %d",
              engine, round, fork, gas, List.of(codes), Bytes.wrap(input), SEED)
          .isEqualTo(plain);
    }
    return plain;
  }

  private static Seen run(Fork fork, Bytes[] codes, byte[] input, long gas, Engine engine) {
    Rules rules = Rules.of(fork);
    JournaledState state = new JournaledState(MapState.empty(), new CodeCache());
    state.setBalance(state.account(CALLER), UInt256.of(1_000_000));
    for (int i = 0; i < codes.length; i++) {
      state.setCode(state.account(CONTRACTS[i]), codes[i]);
      state.setBalance(state.account(CONTRACTS[i]), UInt256.of(10));
    }
    long[] slot = {1, 0, 0, 0, 2, 0, 0, 0};
    state.store(state.slot(state.account(CONTRACTS[0]), slot, 0), slot, 4);
    state.beginTransaction();
    state.warm(state.account(CALLER));
    state.warm(state.account(CONTRACTS[0]));
    Evm evm = new Evm(rules, state, block(), engine);
    Outcome outcome =
        evm.run(
            Message.call(CALLER, CONTRACTS[0], UInt256.ZERO, Bytes.wrap(input), gas),
            new TxContext(CALLER, UInt256.of(7), List.of()));
    List<Boolean> warm =
        List.of(
            state.isWarm(state.account(CONTRACTS[1])),
            state.isWarm(state.account(CONTRACTS[2])),
            state.isWarmSlot(state.slot(state.account(CONTRACTS[0]), slot, 0)),
            state.isWarmSlot(state.slot(state.account(CONTRACTS[0]), slot, 4)));
    long refund = state.refund();
    List<Log> logs = state.logs();
    state.endTransaction(rules.clearsEmpty);
    return new Seen(
        outcome.status(), outcome.gasLeft(), outcome.output(), refund, logs, warm, state.diff());
  }

  private static BlockContext block() {
    return new BlockContext(
        UInt256.ONE,
        5,
        12,
        Address.ZERO,
        30_000_000,
        UInt256.of(99),
        UInt256.of(3),
        UInt256.ONE,
        number -> Hash32.ZERO);
  }
}
