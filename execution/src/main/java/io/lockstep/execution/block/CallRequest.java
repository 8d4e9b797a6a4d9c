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
 * A call to be tried on a state and thrown away.
 *
 * @param to null tries a creation
 * @param gas null for as much as the cap allows
 * @param gasPrice wei for each gas; zero runs without fees, and then BASEFEE gives zero
 */
public record CallRequest(
    Address from,
    @Nullable Address to,
    @Nullable Long gas,
    UInt256 gasPrice,
    UInt256 value,
    Bytes data,
    List<AccessListEntry> accessList,
    List<Hash32> blobHashes,
    List<Authorization> authorizations) {
  public CallRequest {
    accessList = List.copyOf(accessList);
    blobHashes = List.copyOf(blobHashes);
    authorizations = List.copyOf(authorizations);
  }

  /** A call without fees. */
  public static CallRequest of(Address from, Address to, Bytes data) {
    return new CallRequest(
        from, to, null, UInt256.ZERO, UInt256.ZERO, data, List.of(), List.of(), List.of());
  }
}
