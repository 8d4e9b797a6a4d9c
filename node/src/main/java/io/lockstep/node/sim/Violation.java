// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

/**
 * Something that must never be.
 *
 * @param invariant its name
 * @param what in words, with the nodes and numbers concerned
 * @param atMs milliseconds since the run began
 */
record Violation(String invariant, String what, long atMs) {}
