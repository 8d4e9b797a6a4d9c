// SPDX-License-Identifier: Apache-2.0
/**
 * The measurement of derivation: batches of transfers are built in memory and derived on a database
 * of their own, as a node does it that catches up.
 */
package io.lockstep.bench.derive;
