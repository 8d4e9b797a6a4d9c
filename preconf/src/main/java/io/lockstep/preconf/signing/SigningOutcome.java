// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

/**
 * What came of asking for a signature. Immutable.
 *
 * @param <M> the message that carries it: {@link io.lockstep.preconf.gossip.FragMessage}, {@link
 *     io.lockstep.preconf.gossip.SealMessage} or {@link io.lockstep.preconf.gossip.PromiseMessage}
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

  /**
   * The key's holder gave no signature, though it may have signed. Either the very same is asked
   * for again, or nothing of the tick is signed any more.
   */
  record Unanswered<M>(String reason) implements SigningOutcome<M> {}
}
