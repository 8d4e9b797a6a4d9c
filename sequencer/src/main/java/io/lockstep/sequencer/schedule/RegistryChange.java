// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Wei;
import java.util.List;

/**
 * Something that happened in the operator registry, in the order of the L1 chain. Any thread.
 * Source: protocol section 1.1.
 */
public sealed interface RegistryChange {
  /** The epoch of the L1 block that holds the change. */
  Epoch epoch();

  long operatorId();

  /** A new operator; its validators follow. */
  record Registered(
      Epoch epoch,
      long operatorId,
      Address owner,
      List<Address> posters,
      Address committer,
      Wei stake)
      implements RegistryChange {
    public Registered {
      posters = List.copyOf(posters);
    }
  }

  /** Validators claimed for the operator, in this order. */
  record ValidatorsAdded(Epoch epoch, long operatorId, List<Long> validatorIndices)
      implements RegistryChange {
    public ValidatorsAdded {
      validatorIndices = List.copyOf(validatorIndices);
    }
  }

  /** The operator may no longer post, from now on. */
  record Frozen(Epoch epoch, long operatorId) implements RegistryChange {}

  /** The operator leaves. */
  record Exited(Epoch epoch, long operatorId) implements RegistryChange {}

  /** The stake is {@code total} now: for events that tell the sum, not what came to it. */
  record StakeSet(Epoch epoch, long operatorId, Wei total) implements RegistryChange {}

  /** More stake. */
  record StakeAdded(Epoch epoch, long operatorId, Wei amount) implements RegistryChange {}

  /** Stake taken out after the exit delay, or by a penalty. */
  record StakeRemoved(Epoch epoch, long operatorId, Wei amount) implements RegistryChange {}
}
