// SPDX-License-Identifier: Apache-2.0
/**
 * The interpreter: runs one message and all it calls on a journaled state. An {@code Evm} belongs
 * to one thread. Imports neither storage nor config; knows nothing of blocks and transactions but
 * the numbers they hand in.
 */
package io.lockstep.execution.evm;
