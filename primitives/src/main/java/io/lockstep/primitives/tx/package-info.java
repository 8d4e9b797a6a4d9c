// SPDX-License-Identifier: Apache-2.0
/**
 * Transactions, receipts, headers and blocks of the execution chain, of L1 and L2 alike. Immutable.
 */
package io.lockstep.primitives.tx;
