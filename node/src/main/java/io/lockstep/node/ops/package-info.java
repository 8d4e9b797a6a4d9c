// SPDX-License-Identifier: Apache-2.0
/**
 * The operator's own pages: metrics, health and the dashboard, as handlers for the wire's server.
 * Handlers run on the server's worker threads and read what they are given; nothing here decides.
 * Must not import Netty or the rooms it reports on.
 */
package io.lockstep.node.ops;
