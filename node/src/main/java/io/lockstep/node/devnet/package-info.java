// SPDX-License-Identifier: Apache-2.0
/**
 * {@code lockstep devnet}: the L1 in a box, the contracts, the nodes, in this process or in
 * processes of their own. Runs once, on the main thread.
 */
package io.lockstep.node.devnet;
