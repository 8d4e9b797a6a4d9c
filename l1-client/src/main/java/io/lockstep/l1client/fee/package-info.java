// SPDX-License-Identifier: Apache-2.0
/**
 * What L1 inclusion costs and what to offer for it: the blob schedule in force, the market as the
 * nodes tell it, and a price that holds until a deadline. Pricing is pure; reading blocks. Knows
 * nothing of transactions that are under way.
 */
package io.lockstep.l1client.fee;
