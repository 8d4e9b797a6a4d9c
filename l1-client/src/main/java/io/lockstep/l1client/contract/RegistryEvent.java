// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Wei;
import java.util.List;

/** What {@code OperatorRegistry} logs; changes name the epoch from which they count. Any thread. */
public sealed interface RegistryEvent {
  int operatorId();

  /**
   * @param posters exactly two
   */
  record OperatorRegistered(
      int operatorId,
      Address owner,
      List<Address> posters,
      Address committer,
      Wei stake,
      Epoch fromEpoch)
      implements RegistryEvent {
    public OperatorRegistered {
      posters = List.copyOf(posters);
    }
  }

  record ValidatorsAdded(int operatorId, Epoch fromEpoch, List<Long> indices)
      implements RegistryEvent {
    public ValidatorsAdded {
      indices = List.copyOf(indices);
    }
  }

  /**
   * @param posters exactly two
   */
  record KeysRotated(int operatorId, Epoch fromEpoch, List<Address> posters, Address committer)
      implements RegistryEvent {
    public KeysRotated {
      posters = List.copyOf(posters);
    }
  }

  /**
   * @param stake the new total
   */
  record StakeChanged(int operatorId, Wei stake) implements RegistryEvent {}

  record OperatorFrozen(int operatorId) implements RegistryEvent {}

  record OperatorExited(int operatorId) implements RegistryEvent {}

  record StakeWithdrawn(int operatorId, Wei amount) implements RegistryEvent {}

  /**
   * @param untilEpoch the first epoch in which the operator no longer counts
   */
  record EligibilityEnded(int operatorId, Epoch untilEpoch) implements RegistryEvent {}

  record EligibilityBegan(int operatorId, Epoch fromEpoch) implements RegistryEvent {}
}
