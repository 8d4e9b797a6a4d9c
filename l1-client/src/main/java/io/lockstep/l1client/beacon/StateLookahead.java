// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import java.util.List;

/**
 * The proposers that a beacon state holds (EIP-7917), as one endpoint gives them. Immutable.
 *
 * @param endpoint host and port
 * @param validatorIndices one for each slot from the first of the state's own epoch on
 */
public record StateLookahead(String endpoint, List<Long> validatorIndices) {
  public StateLookahead {
    validatorIndices = List.copyOf(validatorIndices);
  }
}
