// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.tx.Transaction;

/**
 * Hears of transactions that leave the pool without having been asked out by the caller, so that
 * whoever waits for them can be told. Called on the pool's thread, within the call that drops; it
 * must not call the pool.
 */
public interface DropListener {
  DropListener NONE = (tx, reason) -> {};

  void dropped(Transaction tx, Reason reason);

  /** Why a transaction was dropped. */
  enum Reason {
    /** Made room for one that pays more. */
    EVICTED,
    /** Waited too long behind a nonce gap or without funds. */
    EXPIRED,
    /** Another with its nonce pays more. */
    REPLACED,
    /** The account's nonce passed it: it, or another in its place, is in a block. */
    NONCE_USED
  }
}
