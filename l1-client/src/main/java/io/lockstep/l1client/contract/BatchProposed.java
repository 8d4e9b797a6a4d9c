// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import java.util.List;

/**
 * The Inbox's event: it took a batch.
 *
 * @param operatorId the poster's; 0 for a stranger who carries in an open window
 * @param committers who must have sealed each carried range, in the ranges' order
 */
public record BatchProposed(
    long batchIndex,
    int operatorId,
    Slot windowSlot,
    Hash32 batchHash,
    Hash32 declaredHead,
    List<Hash32> blobHashes,
    List<Address> committers)
    implements InboxEvent {
  public BatchProposed {
    blobHashes = List.copyOf(blobHashes);
    committers = List.copyOf(committers);
  }
}
