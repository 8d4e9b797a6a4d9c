// SPDX-License-Identifier: Apache-2.0
/**
 * The transactions that this node's own users sent and that still wait, in a file, so that they
 * wait again after a restart. Any thread. Imports neither the wire nor gossip.
 */
package io.lockstep.node.local;
