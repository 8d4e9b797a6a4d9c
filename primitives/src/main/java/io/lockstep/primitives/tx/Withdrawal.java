// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import io.lockstep.primitives.types.Address;

/** A beacon chain withdrawal (EIP-4895); 64-bit numbers are unsigned. Never on L2. */
public record Withdrawal(long index, long validatorIndex, Address address, long amountGwei) {}
