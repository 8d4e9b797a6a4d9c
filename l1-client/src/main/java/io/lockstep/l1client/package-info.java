// SPDX-License-Identifier: Apache-2.0
/**
 * The node's view of L1. This package holds only what its feature packages share: the one checked
 * failure of everything that asks an L1 node.
 */
package io.lockstep.l1client;
