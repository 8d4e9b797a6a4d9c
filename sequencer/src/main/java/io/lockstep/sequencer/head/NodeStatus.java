// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.head;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Wei;
import org.jspecify.annotations.Nullable;

/**
 * What the node is at this moment (protocol §1.5).
 *
 * @param why in words, for people
 * @param windowSlot L1 slot that names the window of now; -1 when unknown
 * @param committer whose turn it is, or null
 * @param ownCommitter this node's, or null for a follower
 * @param exposureWei coverage of own promises not posted yet
 * @param exposureLimitWei the most it may be
 * @param promiseMismatches times that a derived block was not the promised one; stays 0
 */
public record NodeStatus(
    State state,
    String why,
    boolean sequencing,
    long windowSlot,
    @Nullable Address committer,
    @Nullable Address ownCommitter,
    Wei exposureWei,
    Wei exposureLimitWei,
    long promiseMismatches) {

  /** States of protocol §1.5. */
  public enum State {
    SYNCING,
    FOLLOWING,
    ARMED,
    HANDOVER_IN,
    SEQUENCING,
    POSTING,
    HANDOVER_OUT,
    SETTLING,
    SAFE_HALT
  }

  public static final NodeStatus STARTING =
      new NodeStatus(State.SYNCING, "starting", false, -1, null, null, Wei.ZERO, Wei.ZERO, 0);
}
