// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.ledger;

import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a ledger users and peers may see: all of it but what this node has signed and not
 * released, because it is not durable yet. Any thread.
 */
public final class ReleasedLedger {
  private final CommitmentLedger ledger;

  public ReleasedLedger(CommitmentLedger ledger) {
    this.ledger = ledger;
  }

  /** The latest commitment about a transaction, or null when no frag with it may be shown. */
  public @Nullable Commitment commitment(Hash32 txHash) {
    return ledger.commitment(txHash);
  }

  public @Nullable SealMessage seal(long tick) {
    return ledger.isWithheld(tick) ? null : ledger.seal(tick);
  }

  /** As {@link CommitmentLedger#seals}. */
  public List<SealMessage> seals(long firstTick, int limit, int limitBytes) {
    return ledger.seals(firstTick, limit, limitBytes).stream()
        .takeWhile(seal -> !ledger.isWithheld(seal.tick()))
        .toList();
  }

  /** As {@link CommitmentLedger#fragsFrom}. */
  public List<FragMessage> fragsFrom(long firstTick, int limit, long limitBytes) {
    return ledger.fragsFrom(firstTick, limit, limitBytes).stream()
        .takeWhile(frag -> !ledger.isWithheld(frag))
        .toList();
  }

  /** As {@link CommitmentLedger#promiseFor}: promises are recorded when they are released. */
  public @Nullable PromiseMessage promiseFor(Hash32 requestHash) {
    return ledger.promiseFor(requestHash);
  }

  /** As {@link CommitmentLedger#promisesOf}. */
  public List<PromiseMessage> promisesOf(Hash32 txHash) {
    return ledger.promisesOf(txHash);
  }
}
