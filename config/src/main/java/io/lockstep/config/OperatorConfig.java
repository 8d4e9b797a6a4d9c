// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import io.lockstep.primitives.crypto.SecretKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What makes a node an operator: its keys and how safely it writes down what it signs. Any thread.
 *
 * @param committer signs frags and seals
 * @param posters the two L1 senders, so that a stuck nonce of one cannot block the last post
 *     (protocol §1.1)
 * @param l1Key sends what else the node has to do on L1: lookahead syncs (protocol §1.2.5); an
 *     account of its own, as pools hold one to one kind of transactions. Null leaves that to others
 * @param durability what must have happened before a signature is shown
 * @param doppelgangerEpochs L1 epochs that a new, moved or restored signing database listens for
 *     another signer; 0 listens for none
 */
public record OperatorConfig(
    OperatorKey committer,
    List<OperatorKey> posters,
    @Nullable OperatorKey l1Key,
    Durability durability,
    int doppelgangerEpochs) {
  /** An operator has two poster keys (protocol §1.1). */
  public static final int POSTERS = 2;

  public OperatorConfig {
    posters = List.copyOf(posters);
    if (posters.size() != POSTERS) {
      throw new IllegalArgumentException("an operator has two poster keys, got " + posters.size());
    }
  }

  /** An operator whose keys are all in this process. */
  public static OperatorConfig holding(
      SecretKey committer,
      List<SecretKey> posters,
      @Nullable SecretKey l1Key,
      Durability durability,
      int doppelgangerEpochs) {
    return new OperatorConfig(
        new OperatorKey.Held(committer),
        posters.stream().<OperatorKey>map(OperatorKey.Held::new).toList(),
        l1Key == null ? null : new OperatorKey.Held(l1Key),
        durability,
        doppelgangerEpochs);
  }

  /** How far a record of a signature has gone before the signature may leave. */
  public enum Durability {
    /** On the disk: survives loss of power. */
    FSYNC,
    /** In the operating system's hands: survives kill -9 of the process. */
    PROCESS
  }
}
