// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import io.lockstep.execution.fork.Fork;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * 0x05: modular exponentiation. Priced by EIP-198, EIP-2565 (Berlin) or EIP-7883 (Osaka, where
 * EIP-7823 also bounds each operand to 1,024 bytes).
 */
final class ModExp implements Precompile {
  private static final int HEADER_BYTES = 96;
  private static final int MAX_OPERAND_BYTES = 1024;
  private static final BigInteger MAX_GAS = BigInteger.valueOf(Long.MAX_VALUE);

  private final boolean berlin;
  private final boolean osaka;

  ModExp(Fork fork) {
    berlin = fork.isAtLeast(Fork.BERLIN);
    osaka = fork.isAtLeast(Fork.OSAKA);
  }

  @Override
  public long gas(byte[] in, int offset, int length) {
    byte[] header = Precompiles.padded(in, offset, length, 0, HEADER_BYTES);
    BigInteger baseLength = UInt256.read(header, 0).toBigInteger();
    BigInteger exponentLength = UInt256.read(header, 32).toBigInteger();
    BigInteger modulusLength = UInt256.read(header, 64).toBigInteger();
    BigInteger longest = baseLength.max(modulusLength);
    BigInteger iterations = iterations(in, offset, length, baseLength, exponentLength);
    BigInteger gas = complexity(longest).multiply(iterations);
    if (osaka) {
      gas = gas.max(BigInteger.valueOf(500));
    } else if (berlin) {
      gas = gas.divide(BigInteger.valueOf(3)).max(BigInteger.valueOf(200));
    } else {
      gas = gas.divide(BigInteger.valueOf(20));
    }
    return gas.min(MAX_GAS).longValueExact();
  }

  private BigInteger complexity(BigInteger longest) {
    if (berlin) {
      BigInteger words = longest.add(BigInteger.valueOf(7)).shiftRight(3);
      BigInteger square = words.multiply(words);
      if (!osaka) {
        return square;
      }
      return longest.compareTo(BigInteger.valueOf(32)) <= 0
          ? BigInteger.valueOf(16)
          : square.shiftLeft(1);
    }
    BigInteger square = longest.multiply(longest);
    if (longest.compareTo(BigInteger.valueOf(64)) <= 0) {
      return square;
    }
    if (longest.compareTo(BigInteger.valueOf(1024)) <= 0) {
      return square
          .shiftRight(2)
          .add(longest.multiply(BigInteger.valueOf(96)))
          .subtract(BigInteger.valueOf(3072));
    }
    return square
        .shiftRight(4)
        .add(longest.multiply(BigInteger.valueOf(480)))
        .subtract(BigInteger.valueOf(199_680));
  }

  /** EIP-198: the "adjusted exponent length", at least one. */
  private BigInteger iterations(
      byte[] in, int offset, int length, BigInteger baseLength, BigInteger exponentLength) {
    BigInteger head = BigInteger.ZERO;
    if (baseLength.bitLength() < 31) {
      int headLength = exponentLength.min(BigInteger.valueOf(32)).intValueExact();
      int from = HEADER_BYTES + baseLength.intValueExact();
      if (from > 0) { // else the sum has wrapped, far past any input
        head = new BigInteger(1, Precompiles.padded(in, offset, length, from, headLength));
      }
    }
    BigInteger count = BigInteger.valueOf(Math.max(0, head.bitLength() - 1));
    BigInteger tail = exponentLength.subtract(BigInteger.valueOf(32));
    if (tail.signum() > 0) {
      count = count.add(tail.multiply(BigInteger.valueOf(osaka ? 16 : 8)));
    }
    return count.max(BigInteger.ONE);
  }

  @Override
  public byte @Nullable [] run(byte[] in, int offset, int length) {
    byte[] header = Precompiles.padded(in, offset, length, 0, HEADER_BYTES);
    long baseLength = UInt256.read(header, 0).toLongSaturated();
    long exponentLength = UInt256.read(header, 32).toLongSaturated();
    long modulusLength = UInt256.read(header, 64).toLongSaturated();
    if (osaka
        && (baseLength > MAX_OPERAND_BYTES
            || exponentLength > MAX_OPERAND_BYTES
            || modulusLength > MAX_OPERAND_BYTES)) {
      return null;
    }
    if (modulusLength == 0) {
      return new byte[0];
    }
    // Longer operands than an array holds cost more gas than there is: they do not come here.
    int baseBytes = Math.toIntExact(baseLength);
    int exponentBytes = Math.toIntExact(exponentLength);
    int modulusBytes = Math.toIntExact(modulusLength);
    BigInteger base = operand(in, offset, length, HEADER_BYTES, baseBytes);
    BigInteger exponent = operand(in, offset, length, HEADER_BYTES + baseBytes, exponentBytes);
    BigInteger modulus =
        operand(in, offset, length, HEADER_BYTES + baseBytes + exponentBytes, modulusBytes);
    byte[] out = new byte[modulusBytes];
    if (modulus.signum() != 0) {
      byte[] result = base.modPow(exponent, modulus).toByteArray();
      int skip = result.length > 1 && result[0] == 0 ? 1 : 0;
      System.arraycopy(
          result, skip, out, modulusBytes - (result.length - skip), result.length - skip);
    }
    return out;
  }

  private static BigInteger operand(byte[] in, int offset, int length, int from, int wanted) {
    // Bytes past the input are zeros: read what is there and shift.
    int present = Math.max(0, Math.min(wanted, length - from));
    if (present == 0) {
      return BigInteger.ZERO;
    }
    return new BigInteger(1, in, offset + from, present).shiftLeft(8 * (wanted - present));
  }
}
