// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.types.Address;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which kind of transactions each of a process' accounts sends. Pools hold an account to one kind:
 * an ordinary transaction of a poster would keep its postings out until it is mined, and the other
 * way round. Any thread.
 */
public final class AccountLanes {
  /** The kinds that a pool keeps apart. */
  public enum Lane {
    BLOB,
    ORDINARY
  }

  private final ConcurrentHashMap<Address, Lane> lanes = new ConcurrentHashMap<>();

  /**
   * Holds the account to this lane for good.
   *
   * @throws IllegalStateException when it sends the other kind
   */
  void claim(Address account, Lane lane) {
    Lane held = lanes.putIfAbsent(account, lane);
    if (held != null && held != lane) {
      throw new IllegalStateException(
          account + " sends " + held + " transactions, and pools hold an account to one kind");
    }
  }
}
