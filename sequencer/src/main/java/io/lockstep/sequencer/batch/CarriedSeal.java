// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.types.Bytes;

/**
 * The seal of the last tick that a batch carries of an earlier window; it authenticates the
 * window's whole run through parent hashes. Any thread. Source: protocol sections 1.4 and 3.
 *
 * @param operatorId the window's owner, 32 bits unsigned
 * @param signedSeal seal and signature as gossiped, opaque here
 */
public record CarriedSeal(long windowSlot, long operatorId, Bytes signedSeal) {
  public CarriedSeal {
    if (windowSlot < 0 || operatorId < 0 || operatorId > 0xffff_ffffL) {
      throw new IllegalArgumentException(
          "no such window or operator: " + windowSlot + ", " + operatorId);
    }
    if (signedSeal.size() > BatchLimits.MAX_SEAL_BYTES) {
      throw new IllegalArgumentException(
          "seal of " + signedSeal.size() + " bytes, limit " + BatchLimits.MAX_SEAL_BYTES);
    }
  }
}
