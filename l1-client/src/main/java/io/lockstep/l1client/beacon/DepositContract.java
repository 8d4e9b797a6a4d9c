// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.primitives.types.Address;

/**
 * What {@code /eth/v1/config/deposit_contract} says.
 *
 * @param chainId of the execution chain
 */
public record DepositContract(long chainId, Address address) {}
