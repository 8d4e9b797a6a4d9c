// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.preconf.commitment.Held;
import io.lockstep.primitives.codec.DecodeException;
import java.util.Optional;

/**
 * Shows that something held was broken: what was signed, the batch on L1, and what stands below the
 * batch's last block. With the batch's call data from L1 anybody can repeat the comparison.
 * Immutable.
 *
 * @param difference for people
 */
public record Evidence(Held held, L1Access.Posting posting, Posted posted, String difference) {

  /**
   * Compares anew, from the bytes alone.
   *
   * @return what is different, or empty when this shows nothing
   * @throws DecodeException when the bytes do not belong together
   */
  public Optional<String> repeat() throws DecodeException {
    var lastBlock = posting.lastBlocks().get(held.rollupId());
    if (lastBlock == null || !lastBlock.equals(posted.lastHash())) {
      throw new DecodeException("the batch does not declare block " + posted.lastHash());
    }
    return posted.difference(held);
  }
}
