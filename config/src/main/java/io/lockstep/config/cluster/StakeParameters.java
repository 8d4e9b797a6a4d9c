// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cluster;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster's contracts are told of stakes, of the times in which faults can be shown, and of
 * the price of forced transactions (protocol §8). Nodes read them from the contracts. Any thread.
 *
 * @param minStake what an operator must stake at least
 * @param exitDelaySeconds how long stake stays locked after an exit
 * @param challengeSeconds how long a checkpoint can be disputed
 * @param evidenceSlots how long after a fault it can be charged, L1 slots
 * @param answerSlots how long a charge can be answered, L1 slots
 * @param slasher may take stake; null when nobody can
 * @param forcedGasPriceWei of a unit of gas of a forced transaction while none waits
 */
public record StakeParameters(
    Wei minStake,
    long exitDelaySeconds,
    long challengeSeconds,
    long evidenceSlots,
    long answerSlots,
    @Nullable Address slasher,
    UInt256 forcedGasPriceWei) {
  /** Slots whose block roots EIP-4788 keeps. */
  private static final long BEACON_ROOTS = 8_191;

  /** Epochs that the oracle keeps. */
  private static final long SCHEDULE_RING_EPOCHS = 256;

  /** Batches that the inbox keeps: one a slot at most. */
  private static final long BATCH_RING = 8_192;

  private static final long DEVNET_EXIT_DELAY_SECONDS = 15 * 60;
  private static final UInt256 GWEI = UInt256.of(1_000_000_000);

  /** A devnet's; with long slots its stake stays locked for longer. */
  public static StakeParameters devnet(long slotSeconds) {
    StakeParameters usual =
        new StakeParameters(Wei.ofEther(8), DEVNET_EXIT_DELAY_SECONDS, 5 * 60, 120, 16, null, GWEI);
    return new StakeParameters(
        usual.minStake,
        Math.max(DEVNET_EXIT_DELAY_SECONDS, usual.faultSeconds(slotSeconds) + slotSeconds),
        usual.challengeSeconds,
        usual.evidenceSlots,
        usual.answerSlots,
        null,
        usual.forcedGasPriceWei);
  }

  private long faultSeconds(long slotSeconds) {
    return challengeSeconds + (evidenceSlots + answerSlots) * slotSeconds;
  }

  /** What is wrong with the numbers on an L1 with such slots; empty when nothing is. */
  public List<String> problems(long slotSeconds, int slotsPerEpoch) {
    List<String> found = new ArrayList<>();
    if (minStake.amount().isZero()) {
      found.add("minStakeWei 0 is below the limit of 1");
    }
    if (exitDelaySeconds <= faultSeconds(slotSeconds)) {
      found.add(
          "exitDelaySeconds %d must be above %d: challengeSeconds, evidenceSlots, answerSlots"
              .formatted(exitDelaySeconds, faultSeconds(slotSeconds)));
    }
    if (evidenceSlots + answerSlots >= BEACON_ROOTS) {
      found.add(
          "evidenceSlots %d + answerSlots %d must be below %d, of which EIP-4788 keeps roots"
              .formatted(evidenceSlots, answerSlots, BEACON_ROOTS));
    }
    long kept = Math.min(BATCH_RING, SCHEDULE_RING_EPOCHS * slotsPerEpoch);
    if (evidenceSlots > kept) {
      found.add(
          "evidenceSlots %d must not exceed %d, for which schedules and batches are kept"
              .formatted(evidenceSlots, kept));
    }
    return found;
  }
}
