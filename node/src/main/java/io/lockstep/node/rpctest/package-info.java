// SPDX-License-Identifier: Apache-2.0
/**
 * {@code lockstep evm rpctest}: plays the conversations of execution-apis against the node's own
 * method tables over a chain that was imported from its first block. The command's thread; imports
 * no sequencer.
 */
@NullMarked
package io.lockstep.node.rpctest;

import org.jspecify.annotations.NullMarked;
