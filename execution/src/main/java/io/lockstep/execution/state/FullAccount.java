// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.primitives.uint.UInt256;
import java.util.Map;

/**
 * An account with all its storage, for states that are wholly in memory.
 *
 * @param account its {@code hasStorage} is not used
 * @param storage words that are zero count as absent
 */
public record FullAccount(AccountState account, Map<UInt256, UInt256> storage) {
  public FullAccount {
    storage = Map.copyOf(storage);
  }
}
