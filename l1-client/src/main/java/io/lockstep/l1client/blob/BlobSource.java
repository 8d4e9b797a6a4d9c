// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.blob;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that may have blobs. What it gives is checked, so it need not be trusted. */
public interface BlobSource {
  /** For messages. */
  String name();

  /**
   * Blobs of the execution block, those of {@code versionedHashes} at least if it has them (all
   * when it names none), in any order; null when it does not know the block.
   */
  @Nullable List<Bytes> blobs(BlockRef block, List<Hash32> versionedHashes) throws L1Exception;

  /**
   * Whether it may leave out blobs that it has when it is asked for some by hash, as anvil does,
   * which reads one of several hashes alone: then it is asked for all of a block.
   */
  boolean mayFilterWrongly();

  /** A beacon node (or an archive with its API), asked by the slot of the block's time. */
  static BlobSource bySlot(String name, BeaconClient beacon, SlotClock clock) {
    return new BeaconBlobSource(
        name, beacon, block -> BlockId.of(clock.slotAt(block.timestampSeconds())));
  }

  /** anvil: its blob route takes the execution block's number. */
  static BlobSource byBlockNumber(String name, BeaconClient beacon) {
    return new BeaconBlobSource(name, beacon, block -> BlockId.ofNumber(block.number()));
  }
}
