// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

/**
 * Bounds of the box's transaction pool.
 *
 * @param transactions all together
 * @param perSender of one account, ready and queued
 * @param blobs all together, 128 KiB each
 * @param nonceGap how far a nonce may lie ahead of the account's
 */
record PoolLimits(int transactions, int perSender, int blobs, int nonceGap) {
  static final PoolLimits DEFAULT = new PoolLimits(10_000, 256, 512, 256);
}
