// SPDX-License-Identifier: Apache-2.0
/**
 * State on disk: Merkle-Patricia tries, the flat state at the head, blocks, rewinds, genesis. One
 * writer thread per chain, reads from any. Does not know the EVM or block rules: it takes what
 * executing a block gave.
 */
package io.lockstep.execution.state;
