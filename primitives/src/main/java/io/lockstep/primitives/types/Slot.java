// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.types;

/** An L1 beacon slot number, counted from the beacon genesis. */
public record Slot(long value) implements Comparable<Slot> {
  public Slot {
    if (value < 0) {
      throw new IllegalArgumentException("a slot is not negative, got " + value);
    }
  }

  public Slot plus(long slots) {
    return new Slot(value + slots);
  }

  @Override
  public int compareTo(Slot other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
