// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.fixture.EvmRun;
import io.lockstep.execution.fork.Fork;
import io.lockstep.primitives.types.Bytes;

/** Nanoseconds an opcode of a few loops that run out of gas; run by hand, nothing is asserted. */
final class SpeedProbe {
  private static final long GAS = 200_000_000;

  /** JUMPDEST PUSH1 ADD DUP1 PUSH4 GT PUSH1 JUMPI. */
  private static final String COUNT = "5f5b6001018063ffffffff116001575f5ff3";

  /** The same with MUL, XOR, SHL, SUB, AND, SWAP and memory in between. */
  private static final String MIXED =
      "5f5b600101808060070290600"
          + "31b18816103e80316905080600052600051508063ffffffff116001575f5ff3";

  private SpeedProbe() {}

  public static void main(String[] args) {
    probe("count", COUNT, 8.0 / 29);
    probe("mixed", MIXED, 28.0 / 89);
    probe("keccak", "5b60405f205f525f56", 8.0 / (1 + 3 + 2 + 42 + 2 + 3 + 2 + 8));
    probe("mulmod", "5f195b60055f03908009600256", 9.0 / 34);
    probe("sload", "5b5f5450602054505f56", 10.0 / 222);
    probe("call", "5b5f5f5f5f60045afa505f56", 11.0 / 141);
  }

  private static void probe(String name, String code, double opsOfAGas) {
    for (Engine engine : new Engine[] {Engine.PLAIN, Engine.REGISTER}) {
      probe(name, code, opsOfAGas, engine);
    }
  }

  private static void probe(String name, String code, double opsOfAGas, Engine engine) {
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 12; i++) {
      long from = System.nanoTime();
      EvmRun.Result result =
          EvmRun.run(Bytes.fromHex(code), Bytes.EMPTY, GAS, Fork.OSAKA, engine, null);
      best = Math.min(best, (double) (System.nanoTime() - from) / result.gasUsed());
    }
    System.out.printf(
        "%-8s %-8s %6.0f Mgas/s, about %.1f ns an opcode%n",
        name, engine, 1000 / best, best / opsOfAGas);
  }
}
