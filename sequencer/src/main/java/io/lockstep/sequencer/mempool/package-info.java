// SPDX-License-Identifier: Apache-2.0
/**
 * Transactions that wait for a block of one rollup. Owned by the sequencer loop; time and account
 * states are passed in. Imports neither execution nor storage.
 */
package io.lockstep.sequencer.mempool;
