// SPDX-License-Identifier: Apache-2.0
/**
 * Brings a cluster onto an L1: its contracts, its operators and the proofs of their validators, by
 * plain transactions; or checks that what a cluster file describes is there. Blocks; one thread.
 * Knows nothing of how a node runs.
 */
package io.lockstep.node.deploy;
