// SPDX-License-Identifier: Apache-2.0
/**
 * The node's JSON-RPC methods beside the chain-reading ones: sending, promises, schedule, streams.
 */
package io.lockstep.node.rpc;
