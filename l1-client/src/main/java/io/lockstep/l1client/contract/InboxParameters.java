// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;

/**
 * What {@code ClusterInbox} is told when it is created. Any thread.
 *
 * @param genesisHead hash over the rollups' genesis block hashes
 * @param rollupIds in the cluster's order
 * @param openAfterSlots OPEN_AFTER of protocol section 1.3
 * @param forcedGasPriceWei what a unit of gas of a forced transaction costs while none waits
 */
public record InboxParameters(
    Address registry,
    Address oracle,
    Hash32 genesisHead,
    List<Long> rollupIds,
    long tickSeconds,
    long handoverLeadSeconds,
    long openAfterSlots,
    UInt256 forcedGasPriceWei) {
  public InboxParameters {
    rollupIds = List.copyOf(rollupIds);
  }
}
