// SPDX-License-Identifier: Apache-2.0
/**
 * The L1 in a box: a development chain with execution JSON-RPC and beacon API, obeying scripts; or
 * its beacon side alone over a foreign execution client. It owns its chain, its consensus records
 * and its pool, all changed under one lock; reads come from any thread. It must not import anything
 * of the sequencer or the node, who reach it over HTTP only.
 */
package io.lockstep.devnet.l1;
