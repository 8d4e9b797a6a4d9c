// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Wei;
import java.util.List;

/**
 * Something that happened in the operator registry, in the order of the L1 chain. From when it
 * counts, the registry says itself (protocol §1.1.3). Any thread.
 */
public sealed interface RegistryChange {
  long operatorId();

  /** A new operator, eligible from an epoch on; its validators follow. */
  record Registered(
      Epoch fromEpoch,
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
  record ValidatorsAdded(Epoch fromEpoch, long operatorId, List<Long> validatorIndices)
      implements RegistryChange {
    public ValidatorsAdded {
      validatorIndices = List.copyOf(validatorIndices);
    }
  }

  /** Other keys for windows of that epoch and later ones. */
  record KeysRotated(Epoch fromEpoch, long operatorId, List<Address> posters, Address committer)
      implements RegistryChange {
    public KeysRotated {
      posters = List.copyOf(posters);
    }
  }

  /** The stake is {@code total} now. */
  record StakeChanged(long operatorId, Wei total) implements RegistryChange {}

  /** The operator may no longer post, from now on. */
  record Frozen(long operatorId) implements RegistryChange {}

  /** The operator leaves. */
  record Exited(long operatorId) implements RegistryChange {}

  /** The stake is gone, and with it the last right to post. */
  record Withdrawn(long operatorId) implements RegistryChange {}

  /** In {@code untilEpoch} and later the operator does not count any more. */
  record EligibilityEnded(long operatorId, Epoch untilEpoch) implements RegistryChange {}

  /** The operator counts again. */
  record EligibilityBegan(long operatorId, Epoch fromEpoch) implements RegistryChange {}
}
