// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.gossip.FragMessage;
import java.util.List;

/**
 * The tick in which the process died: frags were signed, its seal was not (protocol §7). Immutable.
 *
 * @param ctx the one Ctx of the tick, which its further frags and its seal have too
 * @param frags all its frags in their order, heartbeats included
 * @param mayContinue whether the signer takes its next frag or its seal; false when more may have
 *     been released than is journalled (the machine lost power under {@code durability=process}),
 *     or when the database was moved or restored
 */
public record OpenTickJournal(
    long tick,
    Ctx ctx,
    long windowSlot,
    int operatorId,
    List<FragMessage> frags,
    boolean mayContinue) {
  public OpenTickJournal {
    frags = List.copyOf(frags);
  }

  OpenTickJournal closed() {
    return new OpenTickJournal(tick, ctx, windowSlot, operatorId, frags, false);
  }
}
