// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.SlotClock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The run-time constants of an L1 as its beacon node reports them ({@code /eth/v1/config/spec});
 * unknown keys are ignored. Nothing of a network is compiled in.
 *
 * @param preset sizes of the beacon state
 * @param depositChainId the execution chain id, −1 when not reported
 * @param forkEpochs by lower-case fork name ({@code fulu}); a fork without a set epoch is left out
 * @param blobSchedule by rising epoch (EIP-7892)
 * @param maxBlobsBeforeSchedule blobs of a block before the schedule's first entry
 */
public record ChainSpec(
    String configName,
    String presetBase,
    BeaconPreset preset,
    BeaconGenesis genesis,
    SlotClock clock,
    long depositChainId,
    Map<String, Epoch> forkEpochs,
    List<BlobLimit> blobSchedule,
    int maxBlobsBeforeSchedule) {

  /** From this epoch on a block carries at most so many blobs. */
  public record BlobLimit(Epoch epoch, int maxBlobsPerBlock) {}

  public ChainSpec {
    forkEpochs = Map.copyOf(forkEpochs);
    blobSchedule = List.copyOf(blobSchedule);
  }

  /** When {@code fork} (lower case) comes or came, or null when no epoch is set for it. */
  public @Nullable Epoch forkEpoch(String fork) {
    return forkEpochs.get(fork);
  }

  public boolean isActive(String fork, Epoch at) {
    Epoch epoch = forkEpochs.get(fork);
    return epoch != null && epoch.compareTo(at) <= 0;
  }

  public int maxBlobsPerBlock(Epoch at) {
    int max = maxBlobsBeforeSchedule;
    for (BlobLimit limit : blobSchedule) {
      if (limit.epoch().compareTo(at) <= 0) {
        max = limit.maxBlobsPerBlock();
      }
    }
    return max;
  }
}
