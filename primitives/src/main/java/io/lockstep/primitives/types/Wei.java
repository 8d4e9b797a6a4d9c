// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.types;

import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;

/**
 * An amount of ether in wei where it is configured, staked or exposed; executing code uses {@link
 * UInt256} directly.
 */
public record Wei(UInt256 amount) implements Comparable<Wei> {
  public static final Wei ZERO = new Wei(UInt256.ZERO);
  private static final BigInteger WEI_PER_ETHER = BigInteger.TEN.pow(18);

  public static Wei of(long wei) {
    return new Wei(UInt256.of(wei));
  }

  public static Wei ofEther(long ether) {
    return new Wei(UInt256.of(BigInteger.valueOf(ether).multiply(WEI_PER_ETHER)));
  }

  public Wei plus(Wei other) {
    return new Wei(amount.add(other.amount));
  }

  /** The difference, or zero when {@code other} is larger. */
  public Wei minusOrZero(Wei other) {
    return compareTo(other) <= 0 ? ZERO : new Wei(amount.subtract(other.amount));
  }

  public BigInteger toBigInteger() {
    return amount.toBigInteger();
  }

  @Override
  public int compareTo(Wei other) {
    return amount.compareTo(other.amount);
  }

  @Override
  public String toString() {
    return toBigInteger().toString();
  }
}
