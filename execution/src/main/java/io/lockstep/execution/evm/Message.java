// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * A message from outside: a transaction's, a system call's or an eth_call's.
 *
 * @param to null creates a contract from {@code data}
 * @param created the address of a creation, null else
 * @param value wei, moved from the caller, who must have it
 * @param gas what it may use
 */
public record Message(
    Address caller,
    @Nullable Address to,
    @Nullable Address created,
    UInt256 value,
    Bytes data,
    long gas) {
  public Message {
    if ((to == null) == (created == null)) {
      throw new IllegalArgumentException("a message calls or creates, one of the two");
    }
  }

  public static Message call(Address caller, Address to, UInt256 value, Bytes data, long gas) {
    return new Message(caller, to, null, value, data, gas);
  }

  public static Message create(
      Address caller, Address created, UInt256 value, Bytes initCode, long gas) {
    return new Message(caller, null, created, value, initCode, gas);
  }
}
