// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import io.lockstep.primitives.crypto.SecretKey;
import java.util.List;

/**
 * What makes a node an operator: its keys and how safely it writes down what it signs. Any thread.
 *
 * @param committer signs frags and seals
 * @param posters the two L1 senders, so that a stuck nonce of one cannot block the last post
 *     (protocol §1.1)
 * @param durability what must have happened before a signature is shown
 * @param doppelgangerEpochs L1 epochs that a new, moved or restored signing database listens for
 *     another signer; 0 listens for none
 */
public record OperatorConfig(
    SecretKey committer, List<SecretKey> posters, Durability durability, int doppelgangerEpochs) {
  /** An operator has two poster keys (protocol §1.1). */
  public static final int POSTERS = 2;

  public OperatorConfig {
    posters = List.copyOf(posters);
    if (posters.size() != POSTERS) {
      throw new IllegalArgumentException("an operator has two poster keys, got " + posters.size());
    }
  }

  /** How far a record of a signature has gone before the signature may leave. */
  public enum Durability {
    /** On the disk: survives loss of power. */
    FSYNC,
    /** In the operating system's hands: survives kill -9 of the process. */
    PROCESS
  }
}
