// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a tick is signed: what comes next must follow on it. Immutable.
 *
 * @param nextFragIdx index that the next frag must have
 * @param lastFrag identity of the newest frag; zero before the first
 */
record TickRun(
    long tick, long windowSlot, Hash32 ctxHash, long nextFragIdx, Hash32 lastFrag, boolean sealed) {

  static TickRun startingWith(long tick, SignedObject first) {
    return new TickRun(tick, first.windowSlot(), first.ctxHash(), 0, Hash32.ZERO, false);
  }

  /** The run that journalled frags make, or null when they are not all there. */
  static @Nullable TickRun of(List<FragMessage> frags) {
    TickRun run = null;
    for (FragMessage message : frags) {
      Frag frag = message.frag().object();
      TickRun before = run == null ? startingWith(frag.tick(), frag) : run;
      if (before.obstacle(frag) != null) {
        return null;
      }
      run = before.with(frag);
    }
    return run;
  }

  /** Why the object does not follow on what is signed of its tick, or null when it does. */
  @Nullable String obstacle(SignedObject object) {
    if (sealed) {
      return "tick " + tick + " is sealed";
    }
    if (object.windowSlot() != windowSlot || !object.ctxHash().equals(ctxHash)) {
      return "tick " + tick + " was begun in another window or under another ctx";
    }
    return switch (object) {
      case Frag frag ->
          frag.fragIdx() == nextFragIdx && frag.prevFragHash().equals(lastFrag)
              ? null
              : "frag " + frag.fragIdx() + " of tick " + tick + " does not follow on the last one";
      case Seal _ -> null;
      case Promise _ -> null;
    };
  }

  TickRun with(Frag frag) {
    return new TickRun(tick, windowSlot, ctxHash, frag.fragIdx() + 1, frag.identity(), false);
  }

  TickRun asSealed() {
    return new TickRun(tick, windowSlot, ctxHash, nextFragIdx, lastFrag, true);
  }
}
