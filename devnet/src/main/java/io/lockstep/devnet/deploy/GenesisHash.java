// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.state.FullAccount;
import io.lockstep.execution.state.Genesis;
import io.lockstep.execution.state.StateRoots;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.HashMap;
import java.util.Map;

/** The hash of a genesis block without a database. Any thread. */
public final class GenesisHash {
  private GenesisHash() {}

  public static Hash32 of(Genesis genesis) {
    Map<Address, FullAccount> accounts = new HashMap<>();
    genesis
        .allocation()
        .accounts()
        .forEach((address, change) -> {
          AccountState account = change.after();
          if (account != null) {
            accounts.put(address, new FullAccount(account, change.storage()));
          }
        });
    return genesis.header(StateRoots.of(accounts)).hash();
  }
}
