// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction or call as it is applied, its checks behind it.
 *
 * @param gasPrice wei for each gas, the effective price
 */
record TxMessage(
    Address sender,
    @Nullable Address to,
    UInt256 value,
    Bytes data,
    long gasLimit,
    UInt256 gasPrice,
    List<AccessListEntry> accessList,
    List<Hash32> blobHashes,
    List<Authorization> authorizations) {}
