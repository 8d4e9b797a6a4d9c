// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/** What a check found. Immutable. Source: protocol §2.3. */
public sealed interface Verdict {
  /** What was found, for people; of the other's making in part, never to be parsed. */
  String detail();

  /** It proves nothing: its parts do not belong together, or nobody with a stake signed it. */
  record Forged(String detail) implements Verdict {}

  /** A registered committer signed all of it, but nothing stands behind it. */
  record Genuine(Doubt doubt, String detail) implements Verdict {}

  /**
   * Signed by the committer of its window, final, and under an anchor that stands.
   *
   * @param stakeWei what the operator has locked
   */
  record Backed(int operatorId, UInt256 stakeWei) implements Verdict {
    @Override
    public String detail() {
      return "operator " + operatorId + " stands for it";
    }
  }

  /** Nothing that L1 has settles it. */
  record NotYet(String detail) implements Verdict {}

  /**
   * What was promised is so.
   *
   * @param blockHash of the block that shows it
   */
  record Kept(L1Access.Posting posting, Hash32 blockHash, String detail) implements Verdict {}

  /** It was backed, and what was posted is something else. */
  record Broken(Evidence evidence) implements Verdict {
    @Override
    public String detail() {
      return evidence.difference();
    }
  }

  /** What was posted could not be seen: the source lacks blocks, or shows others. */
  record Unknown(String detail) implements Verdict {}

  /** Why nothing stands behind a genuine commitment. */
  enum Doubt {
    FROZEN,
    NO_STAKE,
    /** Its anchor is no longer canonical (protocol §2.7.2). */
    ANCHOR_GONE,
    /** There is no such window, or its tick lies in another. */
    WRONG_WINDOW,
    /** The window, or the key in it, is another's (protocol §1.3.4). */
    NOT_THE_OWNER,
    /** Its signer stands for more than it has locked (protocol §6.2). */
    OVEREXPOSED,
    /** It says of itself that it does not bind (protocol §1.4.3). */
    PROVISIONAL,
    /** It says of itself that it holds only if an L1 transaction of its tick lands. */
    CONDITIONAL,
    /** An open block landed in its window, which voids it (protocol §2.3). */
    OPEN_BLOCK,
    /** The oracle does not know, not yet or no longer, whose window it is. */
    WINDOW_UNKNOWN,
    /** This L1 has not got to its anchor. */
    ANCHOR_UNKNOWN;

    /** Whether what came of it is still worth asking. */
    boolean leavesOpen() {
      return switch (this) {
        case PROVISIONAL, CONDITIONAL, OPEN_BLOCK, WINDOW_UNKNOWN, ANCHOR_UNKNOWN -> true;
        case FROZEN, NO_STAKE, ANCHOR_GONE, WRONG_WINDOW, NOT_THE_OWNER, OVEREXPOSED -> false;
      };
    }
  }
}
