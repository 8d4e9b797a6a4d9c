// SPDX-License-Identifier: Apache-2.0
/**
 * Puts one node together in a fixed order and takes it apart in the reverse one. A part that fails
 * to start stops the node with its reason.
 */
package io.lockstep.node.wire;
