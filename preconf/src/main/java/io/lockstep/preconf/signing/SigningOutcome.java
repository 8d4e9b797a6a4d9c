// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

/**
 * What came of asking for a signature. Immutable.
 *
 * @param <M> the message that carries it: {@link io.lockstep.preconf.gossip.FragMessage} or {@link
 *     io.lockstep.preconf.gossip.SealMessage}
 */
public sealed interface SigningOutcome<M> {
  /**
   * Signed and recorded. For a repeated request these are the recorded bytes.
   *
   * @param ticket the message may leave once {@link Durability#durable()} has reached it
   */
  record Granted<M>(M message, long ticket) implements SigningOutcome<M> {}

  /**
   * Signing it would contradict, or could contradict, what this key has signed: never release it.
   */
  record Refused<M>(String reason) implements SigningOutcome<M> {}
}
