// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.types.Hash32;

/** One of the three things a committer signs (protocol §2.2). Immutable. */
public sealed interface SignedObject permits Frag, Seal, Promise {
  /** EIP-712 {@code hashStruct} of the object. */
  Hash32 structHash();

  /**
   * A hash that leaves the {@code …AtMs} field out: two objects with one identity are the same
   * statement, and signing both contradicts nothing.
   */
  Hash32 identity();

  /** The Ctx it was signed under. */
  Hash32 ctxHash();

  Hash32 clusterId();

  /** The L1 slot that names the window it belongs to. */
  long windowSlot();
}
