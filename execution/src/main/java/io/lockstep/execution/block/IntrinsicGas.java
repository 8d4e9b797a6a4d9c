// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.Rules;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.types.Bytes;
import java.util.List;

/** What a transaction costs before a single opcode runs. Any thread. */
public final class IntrinsicGas {
  private static final long TX_GAS = 21_000;
  private static final long ZERO_BYTE_GAS = 4;
  private static final long ACCESS_LIST_ADDRESS_GAS = 2_400;
  private static final long ACCESS_LIST_KEY_GAS = 1_900;

  /** EIP-7702: charged for each tuple, most of it refunded for accounts that exist. */
  public static final long AUTHORIZATION_GAS = 25_000;

  /** EIP-7623: gas for each token of data; a zero byte is one token, another four. */
  private static final long FLOOR_TOKEN_GAS = 10;

  private IntrinsicGas() {}

  public static long of(
      Rules rules,
      boolean creates,
      Bytes data,
      List<AccessListEntry> accessList,
      int authorizations) {
    long zeros = zeroBytes(data);
    long gas = TX_GAS + zeros * ZERO_BYTE_GAS + (data.size() - zeros) * rules.txDataNonZeroGas;
    if (creates) {
      gas += rules.txCreateGas + rules.initCodeWordGas * ((data.size() + 31L) >>> 5);
    }
    for (AccessListEntry entry : accessList) {
      gas += ACCESS_LIST_ADDRESS_GAS + ACCESS_LIST_KEY_GAS * entry.storageKeys().size();
    }
    return gas + AUTHORIZATION_GAS * authorizations;
  }

  /** EIP-7623: the least that a transaction with this data uses; zero before Prague. */
  public static long floor(Rules rules, Bytes data) {
    if (!rules.hasDataFloor) {
      return 0;
    }
    long zeros = zeroBytes(data);
    return TX_GAS + FLOOR_TOKEN_GAS * (zeros + 4 * (data.size() - zeros));
  }

  /** The gas that a transaction in this fork must at least bring. */
  public static long least(
      Fork fork,
      boolean creates,
      Bytes data,
      List<AccessListEntry> accessList,
      int authorizations) {
    Rules rules = Rules.of(fork);
    return Math.max(of(rules, creates, data, accessList, authorizations), floor(rules, data));
  }

  private static long zeroBytes(Bytes data) {
    long zeros = 0;
    for (byte octet : data.unsafeArray()) {
      zeros += octet == 0 ? 1 : 0;
    }
    return zeros;
  }
}
