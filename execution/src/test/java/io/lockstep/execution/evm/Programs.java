// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.fork.Op;
import io.lockstep.execution.fork.Rules;
import io.lockstep.primitives.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.Set;

/** Random programs that feed their opcodes, so that they get somewhere before they fail. */
final class Programs {
  private static final int[] FAVOURED = {
    Op.SLOAD,
    Op.SSTORE,
    Op.TLOAD,
    Op.TSTORE,
    Op.MSTORE,
    Op.MLOAD,
    Op.MSTORE8,
    Op.KECCAK256,
    Op.CALL,
    Op.STATICCALL,
    Op.DELEGATECALL,
    Op.CALLCODE,
    Op.CREATE,
    Op.CREATE2,
    Op.LOG0 + 1,
    Op.CALLDATACOPY,
    Op.CODECOPY,
    Op.MCOPY,
    Op.BALANCE,
    Op.EXTCODECOPY,
    Op.RETURNDATASIZE
  };

  /** What ends a program, moves in it or looks at the gas left. */
  private static final Set<Integer> RARE =
      Set.of(
          Op.STOP,
          Op.RETURN,
          Op.REVERT,
          Op.INVALID,
          Op.SELFDESTRUCT,
          Op.JUMP,
          Op.JUMPI,
          Op.RETURNDATACOPY);

  private static final Set<Integer> SEES_GAS =
      Set.of(
          Op.GAS,
          Op.SSTORE,
          Op.CALL,
          Op.CALLCODE,
          Op.DELEGATECALL,
          Op.STATICCALL,
          Op.CREATE,
          Op.CREATE2);

  private final Random random;
  private final Rules rules;
  private final boolean blindToGas;
  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  private Programs(Random random, Rules rules, boolean blindToGas) {
    this.random = random;
    this.rules = rules;
    this.blindToGas = blindToGas;
  }

  /** A program; one that is blind to gas does the same with any gas that suffices. */
  static Bytes random(Random random, Rules rules, boolean blindToGas) {
    return new Programs(random, rules, blindToGas).generate();
  }

  private Bytes generate() {
    int steps = 3 + random.nextInt(40);
    for (int i = 0; i < steps; i++) {
      int op =
          random.nextInt(3) == 0 ? FAVOURED[random.nextInt(FAVOURED.length)] : random.nextInt(256);
      boolean wild = !blindToGas && random.nextInt(200) == 0;
      if (wild
          || (rules.defines(op)
              && !(blindToGas && SEES_GAS.contains(op))
              && !(RARE.contains(op) && random.nextInt(10) != 0)
              && !(op >= Op.PUSH1 && op <= Op.PUSH32))) {
        int words = ((int) rules.ops()[op] >>> 16 & 0xffff) / 4;
        for (int word = 0; word < Math.min(words, 17); word++) {
          push();
        }
        code.write(op);
      }
    }
    return Bytes.wrap(code.toByteArray());
  }

  private void push() {
    switch (random.nextInt(9)) {
      case 0 -> {
        code.write(Op.PUSH32);
        for (int i = 0; i < 32; i++) {
          code.write(random.nextInt(256));
        }
      }
      case 1 -> {
        // This program and the precompiles: calls to them do something.
        code.write(Op.PUSH1 + 3);
        code.writeBytes(
            random.nextBoolean()
                ? new byte[] {(byte) 0xc0, (byte) 0xde, 0, 0}
                : new byte[] {0, 0, 0, (byte) (1 + random.nextInt(17))});
      }
      case 2 -> {
        code.write(Op.PUSH1 + 1);
        code.write(random.nextInt(8));
        code.write(random.nextInt(256));
      }
      default -> {
        code.write(Op.PUSH1);
        code.write(random.nextInt(random.nextBoolean() ? 4 : 200));
      }
    }
  }
}
