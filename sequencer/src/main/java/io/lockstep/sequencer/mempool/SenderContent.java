// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.tx.Transaction;
import java.util.ArrayList;
import java.util.List;

/** One sender's waiting transactions in nonce order, as {@code txpool_*} shows them. Any thread. */
public record SenderContent(List<Transaction> pending, List<Transaction> queued) {
  public SenderContent {
    pending = List.copyOf(pending);
    queued = List.copyOf(queued);
  }

  static SenderContent of(SenderQueue queue) {
    List<Transaction> pending = new ArrayList<>(queue.pendingCount());
    List<Transaction> queued = new ArrayList<>(queue.size() - queue.pendingCount());
    for (int i = 0; i < queue.size(); i++) {
      (i < queue.pendingCount() ? pending : queued).add(queue.get(i).tx);
    }
    return new SenderContent(pending, queued);
  }
}
