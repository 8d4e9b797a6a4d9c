// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;

/**
 * A promise of any kind as its user holds it. Immutable.
 *
 * @param said the signed body in words
 */
public record HeldPromise(Address committer, Signed<Promise> signed, PromiseBody said)
    implements Held {
  public HeldPromise {
    Promise promise = signed.object();
    if (said.kind() != promise.kind() || !said.encoded().equals(promise.body())) {
      throw new IllegalArgumentException("the promise does not say " + said);
    }
  }

  /**
   * What somebody signed.
   *
   * @throws DecodeException when no promise of its kind has such a body
   */
  public static HeldPromise of(Address committer, Signed<Promise> signed) throws DecodeException {
    return new HeldPromise(committer, signed, signed.object().said());
  }

  @Override
  public long rollupId() {
    return said.rollupId();
  }
}
