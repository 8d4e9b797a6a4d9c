// SPDX-License-Identifier: Apache-2.0
/**
 * The L1 execution client's JSON-RPC. Calls block: virtual threads only. Errors that the node
 * reports are kept apart from failures to reach it.
 */
package io.lockstep.l1client.execution;
