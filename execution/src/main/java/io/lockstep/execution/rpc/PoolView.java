// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import java.util.List;
import java.util.Map;

/**
 * The transactions of one chain that wait, as {@code txpool_*} shows them. Every answer is of one
 * moment. Any thread.
 */
public interface PoolView {
  Counts counts();

  /** By sender in order of address; when more than {@code most} wait, the rest is left out. */
  Map<Address, Waiting> all(int most);

  /** What waits of one sender, nothing included. */
  Waiting of(Address sender);

  /** How many can run now, and how many stand behind a gap or without funds. */
  record Counts(int pending, int queued) {}

  /** One sender's transactions in order of nonce: those that can run now, and the others. */
  record Waiting(List<Transaction> pending, List<Transaction> queued) {
    public static final Waiting NONE = new Waiting(List.of(), List.of());

    public Waiting {
      pending = List.copyOf(pending);
      queued = List.copyOf(queued);
    }
  }
}
