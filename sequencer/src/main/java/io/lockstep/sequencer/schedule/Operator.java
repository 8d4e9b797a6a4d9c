// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Wei;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered operator after all changes known, whether or not they count already. Any thread.
 *
 * @param posters the L1 senders that may post for it
 * @param committer the key that signs frags, seals and promises
 * @param frozenIn the epoch in which it was frozen, or null
 * @param exitedIn the epoch in which it left, or null
 */
public record Operator(
    long id,
    Address owner,
    List<Address> posters,
    Address committer,
    Wei stake,
    Epoch registeredIn,
    @Nullable Epoch frozenIn,
    @Nullable Epoch exitedIn) {
  public Operator {
    posters = List.copyOf(posters);
  }

  /** Frozen operators may not post, from the freezing block on, in windows of any epoch. */
  public boolean isFrozen() {
    return frozenIn != null;
  }

  Operator withStake(Wei changed) {
    return new Operator(id, owner, posters, committer, changed, registeredIn, frozenIn, exitedIn);
  }

  Operator frozen(Epoch epoch) {
    return new Operator(
        id,
        owner,
        posters,
        committer,
        stake,
        registeredIn,
        frozenIn == null ? epoch : frozenIn,
        exitedIn);
  }

  Operator exited(Epoch epoch) {
    return new Operator(
        id,
        owner,
        posters,
        committer,
        stake,
        registeredIn,
        frozenIn,
        exitedIn == null ? epoch : exitedIn);
  }
}
