// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

/** What about L1 can be doubtful while its nodes answer. */
public enum L1Alarm {
  /**
   * The proposer duties are not those of the beacon state. The doubtful ones are not told, so that
   * nothing is armed by them; the alarm itself only says why.
   */
  DUTIES,
  /** Execution and beacon clients are on different chains: nothing is promised on either. */
  HEAD,
  /** The schedule on chain is not the node's own: in that epoch nothing is signed. */
  SCHEDULE
}
