// SPDX-License-Identifier: Apache-2.0
/**
 * Transactions to L1: blob postings, journaled so that a crash never makes a signed one anew, and
 * ordinary ones. A blob sender belongs to one thread; what comes from others goes through its
 * inbox. Knows nothing of what is posted.
 */
package io.lockstep.l1client.send;
