// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user holds about one transaction in a frag: the leaf that is the user's and its path, and
 * the seal of the tick once there is one.
 */
public record Commitment(
    Address committer,
    Signed<Frag> signed,
    TxLeaf leaf,
    List<Hash32> path,
    @Nullable SealProof seal)
    implements Held {
  public Commitment {
    path = List.copyOf(path);
  }

  @Override
  public long rollupId() {
    return leaf.rollupId();
  }

  /** The tick's seal and the path of the transaction's block to it. */
  public record SealProof(Signed<Seal> signed, BlockLeaf leaf, List<Hash32> path) {
    public SealProof {
      path = List.copyOf(path);
    }
  }
}
