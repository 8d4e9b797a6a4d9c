// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.fork.Fork;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** EIP-2537's sums of many products: the prices at the table's end, the results by linearity. */
class MultiScalarTest {
  private static final long SEED = Long.getLong("lockstep.seed", 2537L);
  private static final BigInteger ORDER =
      new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);

  private final Random random = new Random(SEED);

  private static Precompile at(int address) {
    Precompile precompile = Precompiles.of(Fork.OSAKA).at(0, 0, address);
    if (precompile == null) {
      throw new AssertionError("no precompile " + address);
    }
    return precompile;
  }

  /** A point from a map to the curve, which always gives one. */
  private byte[] point(boolean second) {
    byte[] field = new byte[second ? 128 : 64];
    for (int at = 17; at < field.length; at += 64) {
      byte[] bytes = new byte[47];
      random.nextBytes(bytes);
      System.arraycopy(bytes, 0, field, at, 47);
    }
    return run(second ? 0x11 : 0x10, field);
  }

  private static byte[] run(int address, byte[] input) {
    byte[] output = at(address).run(input, 0, input.length);
    if (output == null) {
      throw new AssertionError("precompile " + address + " failed");
    }
    return output;
  }

  private static byte[] pairs(byte[][] points, BigInteger[] scalars) {
    int size = points[0].length + 32;
    byte[] out = new byte[size * points.length];
    for (int i = 0; i < points.length; i++) {
      System.arraycopy(points[i], 0, out, i * size, points[i].length);
      byte[] scalar = scalars[i].toByteArray();
      int length = Math.min(32, scalar.length);
      System.arraycopy(scalar, scalar.length - length, out, (i + 1) * size - length, length);
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "0x0c,false,127",
    "0x0c,false,128",
    "0x0c,false,129",
    "0x0e,true,128",
    "0x0e,true,130"
  })
  void addsUpManyProducts(int address, boolean second, int count) {
    // s1·P + s2·P + … + t1·Q + … = (s1 + s2 + …)·P + (t1 + …)·Q
    byte[][] two = {point(second), point(second)};
    byte[][] points = new byte[count][];
    BigInteger[] scalars = new BigInteger[count];
    BigInteger[] sums = {BigInteger.ZERO, BigInteger.ZERO};
    for (int i = 0; i < count; i++) {
      int which = random.nextInt(2);
      points[i] = two[which];
      scalars[i] = new BigInteger(i % 5 == 0 ? 256 : 250, random);
      sums[which] = sums[which].add(scalars[i]).mod(ORDER);
    }

    byte[] all = run(address, pairs(points, scalars));

    byte[] left = run(address, pairs(new byte[][] {two[0]}, new BigInteger[] {sums[0]}));
    byte[] right = run(address, pairs(new byte[][] {two[1]}, new BigInteger[] {sums[1]}));
    byte[] added = new byte[left.length + right.length];
    System.arraycopy(left, 0, added, 0, left.length);
    System.arraycopy(right, 0, added, left.length, right.length);
    assertThat(all).as("seed %d", SEED).isEqualTo(run(address - 1, added));
  }

  /**
   * EIP-2537: 12,000 and 22,500 a product, times the discount for so many, from 128 on the same.
   */
  @Test
  void discountsAsTheTableEnds() {
    assertThat(gas(0x0c, 160, 1)).isEqualTo(12_000);
    assertThat(gas(0x0c, 160, 128)).isEqualTo(128 * 12_000 * 519 / 1_000);
    assertThat(gas(0x0c, 160, 129)).isEqualTo(129 * 12_000 * 519 / 1_000);
    assertThat(gas(0x0c, 160, 5_000)).isEqualTo(5_000L * 12_000 * 519 / 1_000);
    assertThat(gas(0x0e, 288, 1)).isEqualTo(22_500);
    assertThat(gas(0x0e, 288, 128)).isEqualTo(128 * 22_500 * 524 / 1_000);
    assertThat(gas(0x0e, 288, 129)).isEqualTo(129 * 22_500 * 524 / 1_000);
  }

  private static long gas(int address, int pairBytes, int count) {
    return at(address).gas(new byte[pairBytes * count], 0, pairBytes * count);
  }
}
