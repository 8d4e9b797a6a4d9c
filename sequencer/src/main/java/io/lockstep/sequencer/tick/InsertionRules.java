// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

/**
 * Constants of what derivation inserts into blocks (protocol §4).
 *
 * @param forcedDelaySeconds D: a forced transaction is due so long after its L1 block
 */
public record InsertionRules(long forcedDelaySeconds) {
  /** Forced transactions in a block at most. */
  static final int MOST_FORCED = 8;

  private static final int MOST_MESSAGES = 32;

  /** What the system transaction needs besides its messages, and for each of them. */
  private static final long GAS_BESIDE_MESSAGES = 1_000_000;

  private static final long GAS_PER_MESSAGE = 300_000;

  /** EIP-7825: the most gas of a transaction. */
  static final long SYSTEM_GAS = 1L << 24;

  /** The most gas that a forced transaction may ask for, as the Inbox takes it. */
  private static final long FORCED_GAS = 2_000_000;

  /**
   * Below this gas limit a block could be too small for what has to be inserted, and whoever lowers
   * it could keep messages and forced transactions out.
   */
  public static final long GAS_FOR_ALL_INSERTED =
      GAS_BESIDE_MESSAGES + MOST_MESSAGES * GAS_PER_MESSAGE + MOST_FORCED * FORCED_GAS;

  /** Messages that a block of this gas limit delivers at most. */
  static int mostMessages(long blockGasLimit) {
    long forMessages = Math.min(SYSTEM_GAS, blockGasLimit) - GAS_BESIDE_MESSAGES;
    return (int) Math.min(MOST_MESSAGES, Math.max(0, forMessages / GAS_PER_MESSAGE));
  }
}
