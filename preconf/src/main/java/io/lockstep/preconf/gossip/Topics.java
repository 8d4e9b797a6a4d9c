// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

/** What gossip carries. Flooded: transactions, frags, seals, promises. Asked for: sealed ticks. */
public final class Topics {
  /** A waiting L2 transaction on its way to whoever sequences: rollup id and canonical bytes. */
  public static final byte TRANSACTION = 1;

  public static final byte FRAG = 2;

  /** A seal with the bodies of its blocks. */
  public static final byte SEAL = 3;

  /** Request and answer: {@link TicksAnswer}. */
  public static final byte SEALED_TICKS = 4;

  /** A promise with its transaction: {@link PromiseMessage}. */
  public static final byte PROMISE = 5;

  private Topics() {}
}
