// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.blob;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A beacon node's blobs; {@code idOf} names its block. Any thread. */
record BeaconBlobSource(String name, BeaconClient beacon, Function<BlockRef, BlockId> idOf)
    implements BlobSource {
  @Override
  public @Nullable List<Bytes> blobs(BlockRef block, List<Hash32> versionedHashes)
      throws L1Exception {
    return beacon.blobs(idOf.apply(block), versionedHashes);
  }

  @Override
  public boolean mayFilterWrongly() {
    return true;
  }
}
