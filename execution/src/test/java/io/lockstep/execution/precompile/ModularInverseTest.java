// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Inverses against BigInteger, for small, large and random numbers and moduli. */
class ModularInverseTest {
  private static final long SEED = Long.getLong("lockstep.seed", 31L);

  private final Random random = new Random(SEED);

  @Test
  void agreesWithBigInteger() {
    for (int round = 0; round < 300; round++) {
      BigInteger modulus = modulus();
      ModularInverse inverse = new ModularInverse(modulus);
      for (int i = 0; i < 200; i++) {
        BigInteger value = value(modulus);
        if (value.gcd(modulus).equals(BigInteger.ONE)) {
          assertThat(inverse.of(UInt256.of(value)).toBigInteger())
              .as("1/%s modulo %s, seed %d", value, modulus, SEED)
              .isEqualTo(value.modInverse(modulus));
        }
      }
    }
  }

  @Test
  void givesZeroForZero() {
    assertThat(new ModularInverse(Bn254Field.P).of(UInt256.ZERO)).isEqualTo(UInt256.ZERO);
  }

  private BigInteger modulus() {
    return switch (random.nextInt(5)) {
      case 0 -> Bn254Field.P;
      case 1 -> P256Field.P;
      case 2 ->
          BigInteger.ONE.shiftLeft(256).subtract(BigInteger.valueOf(2 * random.nextInt(9) + 1));
      default ->
          new BigInteger(2 + random.nextInt(255), random).setBit(0).max(BigInteger.valueOf(3));
    };
  }

  private BigInteger value(BigInteger modulus) {
    BigInteger value =
        switch (random.nextInt(5)) {
          case 0 -> BigInteger.valueOf(1 + random.nextInt(5));
          case 1 -> modulus.subtract(BigInteger.valueOf(1 + random.nextInt(2)));
          case 2 -> BigInteger.ONE.shiftLeft(random.nextInt(256));
          default -> new BigInteger(256, random);
        };
    return value.mod(modulus);
  }
}
