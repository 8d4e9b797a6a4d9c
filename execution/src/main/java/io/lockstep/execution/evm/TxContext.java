// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;

/**
 * What code may ask about its transaction.
 *
 * @param gasPrice wei for a unit of gas, the effective one
 */
public record TxContext(Address origin, UInt256 gasPrice, List<Hash32> blobHashes) {
  public TxContext {
    blobHashes = List.copyOf(blobHashes);
  }
}
