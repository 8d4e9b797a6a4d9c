// SPDX-License-Identifier: Apache-2.0
/**
 * The chain-reading JSON-RPC methods ({@code eth_ net_ web3_ debug_}) over a {@link
 * io.lockstep.execution.rpc.ChainView}, written once for rollups and for the L1 in a box. Methods
 * run on the server's threads; what costs CPU runs on a bounded pool of this package. It knows
 * nothing of HTTP, of a sequencer or of a transaction pool.
 */
package io.lockstep.execution.rpc;
