// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.types.Address;

/**
 * What a user holds that a committer signed: a place in a frag, or a promise (protocol §2.2).
 * Immutable.
 */
public sealed interface Held permits Commitment, HeldPromise {
  /** Who the node says has signed; a check recovers it from the signature. */
  Address committer();

  Signed<?> signed();

  /** The rollup's chain id. */
  long rollupId();
}
