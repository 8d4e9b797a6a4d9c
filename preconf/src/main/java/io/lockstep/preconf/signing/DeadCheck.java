// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.primitives.types.Hash32;

/**
 * Tells whether an earlier seal of this key can no longer bind: its anchor is not canonical, or its
 * windowParent is dead (protocol §2.5 F1, void conditions). Only then may its block numbers be
 * sealed with other hashes. Asked on the sequencing thread.
 */
@FunctionalInterface
public interface DeadCheck {
  /** Nothing is dead. */
  DeadCheck NONE = earlier -> false;

  boolean isDead(Ctx earlier);

  /** Whether L1 holds another block of this number than that one; not while it holds none. */
  default boolean isReplaced(long rollupId, long number, Hash32 blockHash) {
    return false;
  }
}
