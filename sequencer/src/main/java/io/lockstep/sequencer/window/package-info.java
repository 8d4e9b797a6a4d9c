// SPDX-License-Identifier: Apache-2.0
/**
 * Time of the sequencer: ticks, the L1 slot that an L2 timestamp counts for, windows in ticks and
 * the arming rule (protocol sections 1.3, 1.4 and 2.7). Immutable values, any thread; time is
 * passed in, never read.
 */
package io.lockstep.sequencer.window;
