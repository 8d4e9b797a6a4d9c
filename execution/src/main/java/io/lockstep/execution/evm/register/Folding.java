// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm.register;

import io.lockstep.execution.fork.Op;
import io.lockstep.primitives.uint.LimbDivision;
import io.lockstep.primitives.uint.LimbMath;

/**
 * Does operations on constants when code is translated; compilers leave many of them, such as the
 * mask of an address. The thread of its {@link Translator}.
 */
final class Folding {
  private final long[] s = new long[12];
  private final long[] w = new long[LimbDivision.SCRATCH_LONGS];

  /** Pushes the result of an operation whose operands are constants; false if it is not done. */
  boolean fold(BlockForm form, int op, int first, int second) {
    System.arraycopy(form.limbs, 4 * first, s, 0, 4);
    if (second != BlockForm.NONE) {
      System.arraycopy(form.limbs, 4 * second, s, 4, 4);
    }
    switch (op) {
      case Op.ADD -> LimbMath.add(s, 0, s, 4, 8);
      case Op.SUB -> LimbMath.subtract(s, 0, s, 4, 8);
      case Op.MUL -> LimbMath.multiply(s, 0, s, 4, 8);
      case Op.DIV -> LimbDivision.divide(s, 0, 4, 8, w);
      case Op.MOD -> LimbDivision.modulo(s, 0, 4, 8, w);
      case Op.AND -> LimbMath.and(s, 0, s, 4, 8);
      case Op.OR -> LimbMath.or(s, 0, s, 4, 8);
      case Op.XOR -> LimbMath.xor(s, 0, s, 4, 8);
      case Op.NOT -> LimbMath.not(s, 0, 8);
      case Op.SHL -> LimbMath.shiftLeft(s, 4, LimbMath.shift(s, 0), 8);
      case Op.SHR -> LimbMath.shiftRight(s, 4, LimbMath.shift(s, 0), 8);
      case Op.ISZERO -> LimbMath.set(s, 8, LimbMath.isZero(s, 0) ? 1 : 0);
      case Op.EQ -> LimbMath.set(s, 8, LimbMath.equal(s, 0, 4) ? 1 : 0);
      case Op.LT -> LimbMath.set(s, 8, LimbMath.lessThan(s, 0, 4) ? 1 : 0);
      case Op.GT -> LimbMath.set(s, 8, LimbMath.lessThan(s, 4, 0) ? 1 : 0);
      default -> {
        return false;
      }
    }
    form.push(form.constant(s[8], s[9], s[10], s[11]));
    return true;
  }
}
