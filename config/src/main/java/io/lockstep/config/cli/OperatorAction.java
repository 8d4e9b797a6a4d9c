// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Wei;
import java.util.List;

/** What an operator's owner, or anybody, asks of a cluster's contracts on L1. Any thread. */
public sealed interface OperatorAction {
  /**
   * Become an operator, or claim more validators as one.
   *
   * @param posters exactly two
   * @param validators beacon chain indices to claim; may be empty
   */
  record Register(List<Address> posters, Address committer, Wei stake, List<Long> validators)
      implements OperatorAction {
    public Register {
      posters = List.copyOf(posters);
      validators = List.copyOf(validators);
    }
  }

  /**
   * Other keys.
   *
   * @param posters exactly two
   */
  record Rotate(int operatorId, List<Address> posters, Address committer)
      implements OperatorAction {
    public Rotate {
      posters = List.copyOf(posters);
    }
  }

  /** More stake. */
  record TopUp(int operatorId, Wei amount) implements OperatorAction {}

  /** Leave. */
  record Exit(int operatorId) implements OperatorAction {}

  /** Take the stake back after the exit delay. */
  record Withdraw(int operatorId) implements OperatorAction {}

  /** Stop the operator's posting for good. */
  record Freeze(int operatorId) implements OperatorAction {}

  /** Count again after the stake had fallen too low. */
  record Rejoin(int operatorId) implements OperatorAction {}

  /** Give an open window its block. */
  record Rescue() implements OperatorAction {}
}
