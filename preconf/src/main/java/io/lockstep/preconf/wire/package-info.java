// SPDX-License-Identifier: Apache-2.0
/**
 * The one HTTP and WebSocket server of the node: JSON-RPC, routes with path parameters, event
 * streams. Netty's event loops frame and write; methods and handlers run on virtual threads. With
 * {@code preconf.gossip} the only place that imports Netty; it knows nothing of what the methods
 * do.
 */
package io.lockstep.preconf.wire;
