// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.proof;

import io.lockstep.primitives.ssz.Branch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import java.util.List;
import java.util.Map;

/**
 * What one beacon block proves; every branch leads to {@code blockRoot}, which EIP-4788 keeps under
 * the timestamp of the next execution block. Immutable.
 *
 * @param slotBranch the leaf is the block's slot, little-endian
 * @param lookahead the chunks of {@code proposer_lookahead}, four validator indices each
 *     (EIP-7917): of the block's epoch and of the next
 * @param validators by validator index; one that the state does not have is missing
 */
public record BlockProofs(
    Slot slot,
    Hash32 blockRoot,
    Branch slotBranch,
    List<Branch> lookahead,
    Map<Long, ValidatorProof> validators) {
  public BlockProofs {
    lookahead = List.copyOf(lookahead);
    validators = Map.copyOf(validators);
  }

  /** The proposers that {@link #lookahead} proves, from the first slot of the block's epoch on. */
  public long[] proposers() {
    long[] out = new long[lookahead.size() * 4];
    for (int i = 0; i < out.length; i++) {
      out[i] = Long.reverseBytes(lookahead.get(i / 4).leaf().word(i % 4));
    }
    return out;
  }
}
