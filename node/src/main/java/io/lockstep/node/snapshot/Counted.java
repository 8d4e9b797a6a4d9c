// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.snapshot;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.state.StateVisitor;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;

/** Counts accounts on their way. One thread. */
final class Counted {
  private long accounts;

  long accounts() {
    return accounts;
  }

  StateVisitor over(StateVisitor next) {
    return new StateVisitor() {
      @Override
      public void code(Bytes code) throws IOException {
        next.code(code);
      }

      @Override
      public void account(Address address, AccountState account) throws IOException {
        accounts++;
        next.account(address, account);
      }

      @Override
      public void word(UInt256 slot, UInt256 value) throws IOException {
        next.word(slot, value);
      }
    };
  }
}
