// SPDX-License-Identifier: Apache-2.0
/**
 * The measurement of execution on a state in RocksDB: transfers and token transfers among many
 * accounts, state roots, recovery of senders. The main thread, and a pool for the senders.
 */
@NullMarked
package io.lockstep.bench.state;

import org.jspecify.annotations.NullMarked;
