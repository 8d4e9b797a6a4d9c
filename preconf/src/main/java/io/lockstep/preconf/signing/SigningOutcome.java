// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.SignedObject;

/** What came of asking for a signature. */
public sealed interface SigningOutcome<T extends SignedObject> {
  /** Signed and recorded: may be released. For a repeated request these are the recorded bytes. */
  record Granted<T extends SignedObject>(Signed<T> signed) implements SigningOutcome<T> {}

  /**
   * Signing it would contradict, or could contradict, what this key has signed: never release it.
   */
  record Refused<T extends SignedObject>(String reason) implements SigningOutcome<T> {}
}
