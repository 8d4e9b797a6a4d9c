// SPDX-License-Identifier: Apache-2.0
/**
 * Proofs from a beacon state as large as mainnet's, made up and served on the loopback, or from a
 * beacon node's own: how long they take and how much heap. It must not know how the proofs are
 * made.
 */
package io.lockstep.bench.proof;
