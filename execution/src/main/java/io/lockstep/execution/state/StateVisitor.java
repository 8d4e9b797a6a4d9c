// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;

/** Takes a whole state piece by piece: first all code, then each account followed by its words. */
public interface StateVisitor {
  /** Code that accounts may have; some may belong to none. */
  void code(Bytes code) throws IOException;

  /** The next account, in the order of addresses. */
  void account(Address address, AccountState account) throws IOException;

  /** A word, not zero, of the account before it, in the order of slots. */
  void word(UInt256 slot, UInt256 value) throws IOException;
}
