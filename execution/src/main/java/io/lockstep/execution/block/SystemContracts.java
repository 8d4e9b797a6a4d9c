// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.primitives.types.Address;

/** The contracts that the protocol itself calls, and as whom. */
public final class SystemContracts {
  /** EIP-4788. */
  public static final Address BEACON_ROOTS =
      Address.fromHex("0x000f3df6d732807ef1319fb7b8bb8522d0beac02");

  /** EIP-2935. */
  public static final Address HISTORY =
      Address.fromHex("0x0000f90827f1c53a10cb7a02335b175320002935");

  /** EIP-7002. */
  public static final Address WITHDRAWAL_REQUESTS =
      Address.fromHex("0x00000961ef480eb55e80d19ad83579a64c007002");

  /** EIP-7251. */
  public static final Address CONSOLIDATION_REQUESTS =
      Address.fromHex("0x0000bbddc7ce488642fb579f8b00f3a590007251");

  /** The caller of system calls. */
  public static final Address SYSTEM =
      Address.fromHex("0xfffffffffffffffffffffffffffffffffffffffe");

  /** Gas of a system call. */
  static final long CALL_GAS = 30_000_000;

  private SystemContracts() {}
}
