// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

import io.lockstep.execution.journal.StateReader;
import io.lockstep.l1client.contract.ForcedEnqueued;
import io.lockstep.l1client.contract.MessageSent;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.inbound.Inbound;
import java.util.List;

/**
 * What a block begins with because L1 says so (protocol §4): a function of rollup, anchor, time and
 * gas limit of the block and of its parent's state, and of nothing else, so that builder, followers
 * and derivation have the same.
 *
 * @param messages what the system transaction delivers
 * @param forced what is tried right after it; what the block refuses is used up as well
 * @param forcedTo index of the first forced transaction that is left for later blocks
 */
public record Inserted(List<MessageSent> messages, List<ForcedEnqueued> forced, long forcedTo) {
  /** Where {@code SystemAnchor} keeps anchor number, operator and both cursors, packed. */
  private static final UInt256 CURSORS_SLOT = UInt256.ZERO;

  public static final Inserted NOTHING = new Inserted(List.of(), List.of(), 0);

  public Inserted {
    messages = List.copyOf(messages);
    forced = List.copyOf(forced);
  }

  /** What the block of {@code plan} on {@code parentState} begins with. */
  static Inserted of(
      long rollupId,
      Inbound inbound,
      InsertionRules rules,
      TickPlan plan,
      long gasLimit,
      StateReader parentState) {
    UInt256 word = parentState.storage(SystemTransaction.ANCHOR, CURSORS_SLOT);
    // From the low end: anchor number 64 bits, operator 32, message cursor 64, forced cursor 64.
    long messageCursor = word.limb(1) >>> 32 | word.limb(2) << 32;
    long forcedCursor = word.limb(2) >>> 32 | word.limb(3) << 32;
    long anchor = plan.anchor().number();
    List<MessageSent> messages =
        inbound.messages(rollupId, messageCursor, InsertionRules.mostMessages(gasLimit), anchor);
    List<ForcedEnqueued> forced =
        inbound.forced(
            rollupId,
            forcedCursor,
            InsertionRules.MOST_FORCED,
            anchor,
            plan.timestampSeconds() - rules.forcedDelaySeconds());
    return new Inserted(messages, forced, forcedCursor + forced.size());
  }
}
