// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * Where a signature stands: tick, then its frags by index, then its seal. Ordered as its bytes are.
 *
 * @param index of the frag; 0 for a seal
 */
record Place(long tick, boolean seal, long index) implements Comparable<Place> {
  static final int BYTES = 13;

  private static final Comparator<Place> ORDER =
      Comparator.comparingLong(Place::tick)
          .thenComparing(Place::seal)
          .thenComparingLong(Place::index);

  static Place of(Frag frag) {
    return new Place(frag.tick(), false, frag.fragIdx());
  }

  static Place of(Seal seal) {
    return new Place(seal.tick(), true, 0);
  }

  byte[] key() {
    return ByteBuffer.allocate(BYTES)
        .putLong(tick)
        .put((byte) (seal ? 1 : 0))
        .putInt((int) index)
        .array();
  }

  /** Below every place of the tick. */
  static byte[] startOf(long tick) {
    return new Place(tick, false, 0).key();
  }

  static Place read(byte[] key) {
    ByteBuffer in = ByteBuffer.wrap(key);
    return new Place(in.getLong(), in.get() == 1, Integer.toUnsignedLong(in.getInt()));
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return seal ? "the seal of tick " + tick : "frag " + index + " of tick " + tick;
  }
}
