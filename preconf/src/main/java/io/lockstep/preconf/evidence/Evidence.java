// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.evidence;

import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;

/**
 * One contradiction, with the signed objects that show it. Immutable. Source: protocol §2.5.
 *
 * <p>What is charged once is an operator's window and the fault, however many objects show it.
 */
public sealed interface Evidence {
  Fault fault();

  int operatorId();

  long windowSlot();

  /** What happened, for people. */
  String summary();

  /** Two different seals for one tick. */
  record TwoSeals(int operatorId, Signed<Seal> first, Signed<Seal> second) implements Evidence {
    @Override
    public Fault fault() {
      return Fault.EQUIVOCATION;
    }

    @Override
    public long windowSlot() {
      return second.object().windowSlot();
    }

    @Override
    public String summary() {
      return "two seals for tick " + second.object().tick();
    }
  }

  /** Two different frags for one place of a tick. */
  record TwoFrags(int operatorId, Signed<Frag> first, Signed<Frag> second) implements Evidence {
    @Override
    public Fault fault() {
      return Fault.EQUIVOCATION;
    }

    @Override
    public long windowSlot() {
      return second.object().windowSlot();
    }

    @Override
    public String summary() {
      return "two frags for place " + second.object().tick() + "." + second.object().fragIdx();
    }
  }

  /** A tick sealed after the same window's last one. */
  record AfterEnd(int operatorId, Signed<Seal> end, Signed<Seal> later) implements Evidence {
    @Override
    public Fault fault() {
      return Fault.AFTER_END;
    }

    @Override
    public long windowSlot() {
      return later.object().windowSlot();
    }

    @Override
    public String summary() {
      return "tick %d sealed after the window's end with tick %d"
          .formatted(later.object().tick(), end.object().tick());
    }
  }

  /**
   * A final seal, and the operator's own posting of that window.
   *
   * @param seal with the paths of its blocks
   * @param batchHash as the inbox chained it
   */
  record PostedAnother(SealMessage seal, long batchIndex, Hash32 batchHash) implements Evidence {
    @Override
    public Fault fault() {
      return Fault.POSTED_ANOTHER;
    }

    @Override
    public int operatorId() {
      return seal.operatorId();
    }

    @Override
    public long windowSlot() {
      return seal.seal().object().windowSlot();
    }

    @Override
    public String summary() {
      return "batch " + batchIndex + " has other blocks than the final seal of tick " + seal.tick();
    }
  }

  /** A batch that L1 has and that gives no block. */
  record DerivedToNothing(
      int operatorId, long windowSlot, long batchIndex, Hash32 batchHash, String why)
      implements Evidence {
    @Override
    public Fault fault() {
      return Fault.DERIVED_TO_NOTHING;
    }

    @Override
    public String summary() {
      return "batch " + batchIndex + " derives to nothing: " + why;
    }
  }
}
