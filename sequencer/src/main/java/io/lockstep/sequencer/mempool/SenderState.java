// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.uint.UInt256;

/**
 * What admission asks of an account, in the newest state (released frags included). Any thread.
 *
 * @param nonce the next nonce, 64 bits unsigned
 * @param balance wei
 */
public record SenderState(long nonce, UInt256 balance) {
  public static final SenderState EMPTY = new SenderState(0, UInt256.ZERO);
}
