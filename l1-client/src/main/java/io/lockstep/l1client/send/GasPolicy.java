// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.types.Bytes;

/**
 * Gas limit of a posting by formula, so that no node has to simulate a blob transaction: intrinsic
 * gas with call data at the dearest known price, plus what the contract may need.
 *
 * @param executionGas for the called contract
 * @param gasPerDataByte 64 is the floor of EIP-7976; before it call data costs at most 40
 */
public record GasPolicy(long executionGas, long gasPerDataByte) {
  public static final GasPolicy DEFAULT = new GasPolicy(600_000, 64);

  /** EIP-7825: gas of one transaction. */
  public static final long MAX_TRANSACTION_GAS = 1 << 24;

  private static final long INTRINSIC_GAS = 21_000;

  public long gasLimit(Bytes callData) {
    long wanted = INTRINSIC_GAS + gasPerDataByte * callData.size() + executionGas;
    return Math.min(MAX_TRANSACTION_GAS, wanted);
  }
}
