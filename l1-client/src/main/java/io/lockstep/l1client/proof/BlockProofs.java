// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.proof;

import io.lockstep.l1client.beacon.BeaconHeader;
import io.lockstep.l1client.contract.ValidatorClaim;
import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.ssz.Branch;
import io.lockstep.primitives.ssz.Gindex;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one beacon block proves; every branch leads to the block's root, which EIP-4788 keeps under
 * the timestamp of the next execution block. Immutable.
 *
 * @param slotBranch the leaf is the block's slot, little-endian
 * @param lookahead the chunks of {@code proposer_lookahead}, four validator indices each
 *     (EIP-7917): of the block's epoch and of the next
 * @param validators by validator index; one that the state does not have is missing
 */
public record BlockProofs(
    BeaconHeader header,
    Branch slotBranch,
    List<Branch> lookahead,
    Map<Long, ValidatorProof> validators) {
  public BlockProofs {
    lookahead = List.copyOf(lookahead);
    validators = Map.copyOf(validators);
  }

  public Slot slot() {
    return header.slot();
  }

  public Hash32 blockRoot() {
    return header.root();
  }

  /** The proposers that {@link #lookahead} proves, from the first slot of the block's epoch on. */
  public long[] proposers() {
    long[] out = new long[lookahead.size() * 4];
    for (int i = 0; i < out.length; i++) {
      out[i] = Long.reverseBytes(lookahead.get(i / 4).leaf().word(i % 4));
    }
    return out;
  }

  /** Siblings from the root of {@code proposer_lookahead} up to the state's root. */
  public List<Hash32> lookaheadBranch() {
    List<Hash32> siblings = inState(lookahead.getFirst());
    return siblings.subList(Long.numberOfTrailingZeros(lookahead.size()), siblings.size());
  }

  /** What claims a validator for its owner, or null when the state does not have it. */
  public @Nullable ValidatorClaim claim(long validatorIndex) {
    ValidatorProof proof = validators.get(validatorIndex);
    if (proof == null) {
      return null;
    }
    Branch credentials = proof.withdrawalCredentials();
    return new ValidatorClaim(validatorIndex, credentials.leaf(), inState(credentials));
  }

  /** A branch without its last part, which leads from the state's root to the block's. */
  private static List<Hash32> inState(Branch branch) {
    int depth = Gindex.depth(Gindex.ofField(BeaconTypes.BLOCK_HEADER, "state_root"));
    return branch.siblings().subList(0, branch.siblings().size() - depth);
  }
}
