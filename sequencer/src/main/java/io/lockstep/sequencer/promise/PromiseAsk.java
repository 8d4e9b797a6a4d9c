// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.promise;

import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.fabric.FabricAsk;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * What a user wants promised (protocol §2.2). Immutable.
 *
 * @param kind {@link Promise#INCLUSION}, {@link Promise#EXECUTION} or {@link Promise#POSITION}
 * @param transaction decoded, its sender recovered; null for a state lock
 * @param lock the word to be locked; null unless there is no transaction
 * @param lastTick by which it is to be kept, or -1 for the end of the window
 * @param coverageWei stake that is to stand behind it
 * @param requestHash names the request
 * @param fabric the request that a Fabric commitment is to answer as well, or null
 */
public record PromiseAsk(
    int kind,
    long rollupId,
    @Nullable Transaction transaction,
    @Nullable Lock lock,
    long lastTick,
    UInt256 coverageWei,
    Hash32 requestHash,
    @Nullable FabricAsk fabric) {

  /** A storage word in the state that a block begins with. */
  public record Lock(Address account, Hash32 slot) {}

  public PromiseAsk {
    if (kind < Promise.INCLUSION || kind > Promise.POSITION) {
      throw new IllegalArgumentException("no promise is of kind " + kind);
    }
    if ((transaction == null) == (lock == null) || (lock != null && kind != Promise.POSITION)) {
      throw new IllegalArgumentException("a promise is about a transaction, or locks a state");
    }
  }

  /** What no Fabric commitment is to answer. */
  public PromiseAsk(
      int kind,
      long rollupId,
      @Nullable Transaction transaction,
      @Nullable Lock lock,
      long lastTick,
      UInt256 coverageWei,
      Hash32 requestHash) {
    this(kind, rollupId, transaction, lock, lastTick, coverageWei, requestHash, null);
  }

  /** Whether it asks for the first place of a block. */
  public boolean isTop() {
    return kind == Promise.POSITION && transaction != null;
  }
}
