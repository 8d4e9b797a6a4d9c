// SPDX-License-Identifier: Apache-2.0
/**
 * Blocks: which transactions may stand in one, what running them changes, what opens and closes a
 * block, and what a header must say. An open block belongs to one thread. Imports neither the trie
 * nor the database: the state comes in as a reader and goes out as a difference.
 */
package io.lockstep.execution.block;
