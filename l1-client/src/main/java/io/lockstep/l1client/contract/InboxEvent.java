// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;

/** What moves the Inbox's chain of hashes: a batch or an open block (protocol §1.3, §3). */
public sealed interface InboxEvent permits BatchProposed, OpenBlockProposed {
  /** Batches and open blocks are numbered together, from 1, without gaps. */
  long batchIndex();

  /** Whose own ticks these are; 0 when a stranger posted. */
  int operatorId();

  Slot windowSlot();

  /** The Inbox's last batch hash after it. */
  Hash32 batchHash();

  /** What the Inbox takes as the new head, besides the batch hash. */
  Hash32 declaredHead();
}
