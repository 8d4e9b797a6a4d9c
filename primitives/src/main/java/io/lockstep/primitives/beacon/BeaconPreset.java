// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.beacon;

/**
 * The sizes in a beacon state that differ between presets. Immutable, any thread. Source:
 * consensus-specs presets; the names are those of {@code /eth/v1/config/spec}.
 *
 * @param lookaheadEpochs MIN_SEED_LOOKAHEAD + 1
 */
public record BeaconPreset(
    int slotsPerEpoch,
    int epochsPerEth1VotingPeriod,
    int slotsPerHistoricalRoot,
    int epochsPerHistoricalVector,
    int epochsPerSlashingsVector,
    int syncCommitteeSize,
    long pendingPartialWithdrawalsLimit,
    long pendingConsolidationsLimit,
    int ptcSize,
    int lookaheadEpochs) {

  public static final BeaconPreset MAINNET =
      new BeaconPreset(32, 64, 8_192, 65_536, 8_192, 512, 1L << 27, 1L << 18, 512, 2);

  public static final BeaconPreset MINIMAL = new BeaconPreset(8, 4, 64, 64, 64, 32, 64, 64, 16, 2);

  /** Entries of {@code proposer_lookahead}. */
  public int lookaheadSlots() {
    return lookaheadEpochs * slotsPerEpoch;
  }
}
