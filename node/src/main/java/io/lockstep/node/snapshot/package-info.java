// SPDX-License-Identifier: Apache-2.0
/**
 * Snapshots: the state of a stopped node's rollups, with the place in L1 up to which it was
 * derived, in one file. Imports neither threads nor sockets of the node.
 */
package io.lockstep.node.snapshot;
