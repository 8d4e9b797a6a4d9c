// SPDX-License-Identifier: Apache-2.0
/**
 * World state while a block runs: readers of what lies below, the journaled changes with their
 * undo, code prepared for running, and the net difference that comes out. A {@code JournaledState}
 * belongs to one thread. Imports neither storage nor the interpreter.
 */
package io.lockstep.execution.journal;
