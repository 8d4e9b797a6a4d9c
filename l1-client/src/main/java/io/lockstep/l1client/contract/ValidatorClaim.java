// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Hash32;
import java.util.List;

/**
 * A validator that an operator claims, with the proof that it may. Any thread.
 *
 * @param branch siblings from the withdrawal credentials up to the beacon state's root
 */
public record ValidatorClaim(
    long validatorIndex, Hash32 withdrawalCredentials, List<Hash32> branch) {
  public ValidatorClaim {
    branch = List.copyOf(branch);
  }
}
