// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.primitives.types.Hash32;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a holder of the key outside this process was asked to sign last. It is written down before
 * the holder is asked: whether an answer came or not, the place is taken by this digest.
 */
record Asked(Place place, Hash32 digest) {
  private static final int BYTES = Place.BYTES + Hash32.LENGTH_BYTES;

  byte[] encoded() {
    return ByteBuffer.allocate(BYTES).put(place.key()).put(digest.toArray()).array();
  }

  static Asked decode(byte[] stored) {
    if (stored.length != BYTES) {
      throw new IllegalArgumentException("%d bytes, not %d".formatted(stored.length, BYTES));
    }
    return new Asked(
        Place.read(Arrays.copyOf(stored, Place.BYTES)), Hash32.read(stored, Place.BYTES));
  }

  /** Whether something else asked for now could contradict it. */
  boolean takes(Place wanted, Hash32 wantedDigest) {
    boolean isSame = place.equals(wanted) && digest.equals(wantedDigest);
    return place.tick() >= wanted.tick() && !isSame;
  }
}
