// SPDX-License-Identifier: Apache-2.0
/**
 * Operators as processes that are killed, cut off or forgotten by L1: what was given out to users
 * must be on the safe chain in the end, where it was said to be.
 */
package io.lockstep.crash;
