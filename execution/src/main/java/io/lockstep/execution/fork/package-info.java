// SPDX-License-Identifier: Apache-2.0
/**
 * Which rules hold at which block: the forks, when they begin, and every number and table that
 * differs between them. Immutable, any thread; imports neither storage nor the interpreter.
 */
package io.lockstep.execution.fork;
