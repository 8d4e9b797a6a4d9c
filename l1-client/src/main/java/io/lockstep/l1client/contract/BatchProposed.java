// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import java.util.List;

/** The Inbox's event: it took a batch. */
public record BatchProposed(
    long batchIndex,
    int operatorId,
    Slot windowSlot,
    Hash32 batchHash,
    Hash32 declaredHead,
    List<Hash32> blobHashes) {
  public BatchProposed {
    blobHashes = List.copyOf(blobHashes);
  }
}
