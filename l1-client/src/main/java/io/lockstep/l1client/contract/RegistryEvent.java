// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Wei;
import java.util.List;

/** What {@code OperatorRegistry} logs. */
public sealed interface RegistryEvent {
  int operatorId();

  /**
   * @param posters exactly two
   */
  record OperatorRegistered(
      int operatorId, Address owner, List<Address> posters, Address committer, Wei stake)
      implements RegistryEvent {
    public OperatorRegistered {
      posters = List.copyOf(posters);
    }
  }

  record ValidatorsAdded(int operatorId, List<Long> indices) implements RegistryEvent {
    public ValidatorsAdded {
      indices = List.copyOf(indices);
    }
  }

  /**
   * @param stake the new total
   */
  record StakeAdded(int operatorId, Wei stake) implements RegistryEvent {}

  record OperatorFrozen(int operatorId) implements RegistryEvent {}

  record OperatorExited(int operatorId) implements RegistryEvent {}

  record StakeWithdrawn(int operatorId, Wei amount) implements RegistryEvent {}
}
