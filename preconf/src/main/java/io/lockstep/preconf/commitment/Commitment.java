// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user holds about one transaction: a signed frag (or promise), the leaf that is the user's
 * and its path, and the seal of the tick once there is one.
 *
 * @param committer who the node says has signed; a check recovers it from the signature
 * @param path empty when the signed object is a promise, whose body is the leaf itself
 */
public record Commitment(
    Address committer, Signed<?> signed, TxLeaf leaf, List<Hash32> path, @Nullable SealProof seal) {
  public Commitment {
    path = List.copyOf(path);
  }

  /** The tick's seal and the path of the transaction's block to it. */
  public record SealProof(Signed<Seal> signed, BlockLeaf leaf, List<Hash32> path) {
    public SealProof {
      path = List.copyOf(path);
    }
  }
}
