// SPDX-License-Identifier: Apache-2.0
/**
 * Flooding and questions among static peers over TCP. What passes through is bytes under a topic;
 * what they mean and whether they are valid is the listener's. One event loop does the network, one
 * thread delivers messages in order, a small pool answers requests. Nothing here blocks a caller,
 * and no peer can make it hold more than its bounds.
 */
package io.lockstep.preconf.gossip;
