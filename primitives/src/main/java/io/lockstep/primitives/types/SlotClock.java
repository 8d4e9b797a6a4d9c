// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.types;

/**
 * Slot arithmetic of one L1, from what its beacon node reports: no slot length is assumed anywhere.
 *
 * @param genesisSeconds beacon genesis, Unix seconds
 * @param slotSeconds slot length, seconds
 * @param slotsPerEpoch 32 on the mainnet preset, 8 on the minimal one
 */
public record SlotClock(long genesisSeconds, long slotSeconds, int slotsPerEpoch) {
  public SlotClock {
    if (slotSeconds <= 0 || slotsPerEpoch <= 0) {
      throw new IllegalArgumentException(
          "slot length and slots per epoch are positive, got "
              + slotSeconds
              + " and "
              + slotsPerEpoch);
    }
  }

  /** Start of {@code slot}, Unix seconds. */
  public long startSeconds(Slot slot) {
    return genesisSeconds + slot.value() * slotSeconds;
  }

  /** The slot that contains {@code unixSeconds}; slot 0 before genesis. */
  public Slot slotAt(long unixSeconds) {
    return new Slot(Math.max(0, Math.floorDiv(unixSeconds - genesisSeconds, slotSeconds)));
  }

  public Epoch epochOf(Slot slot) {
    return new Epoch(slot.value() / slotsPerEpoch);
  }

  public Slot firstSlotOf(Epoch epoch) {
    return new Slot(epoch.value() * slotsPerEpoch);
  }
}
