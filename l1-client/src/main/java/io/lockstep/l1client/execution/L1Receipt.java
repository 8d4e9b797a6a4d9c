// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.execution;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A receipt as the node tells it.
 *
 * @param contractAddress of a creation, else null
 * @param effectiveGasPrice wei per gas; zero when the node does not say
 * @param blobGasUsed zero without blobs
 * @param blobGasPrice wei per blob gas; zero without blobs
 */
public record L1Receipt(
    Hash32 txHash,
    Hash32 blockHash,
    long blockNumber,
    boolean success,
    long gasUsed,
    UInt256 effectiveGasPrice,
    long blobGasUsed,
    UInt256 blobGasPrice,
    @Nullable Address contractAddress,
    List<L1Log> logs) {
  public L1Receipt {
    logs = List.copyOf(logs);
  }
}
