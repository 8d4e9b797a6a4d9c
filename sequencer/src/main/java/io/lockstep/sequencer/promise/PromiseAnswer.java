// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.promise;

import io.lockstep.preconf.gossip.PromiseMessage;

/** What became of a request for a promise. Immutable. */
public sealed interface PromiseAnswer {
  /** It was signed, and its record is as durable as configured. */
  record Given(PromiseMessage message) implements PromiseAnswer {}

  /**
   * No promise.
   *
   * @param why for the user, with values and limits
   */
  record Refused(String why) implements PromiseAnswer {}
}
