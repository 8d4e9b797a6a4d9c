// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.types;

/** An L1 beacon epoch number, counted from the beacon genesis. */
public record Epoch(long value) implements Comparable<Epoch> {
  public Epoch {
    if (value < 0) {
      throw new IllegalArgumentException("an epoch is not negative, got " + value);
    }
  }

  public Epoch plus(long epochs) {
    return new Epoch(value + epochs);
  }

  @Override
  public int compareTo(Epoch other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
