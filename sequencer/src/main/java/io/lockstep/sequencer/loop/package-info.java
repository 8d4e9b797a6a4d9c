// SPDX-License-Identifier: Apache-2.0
/**
 * The one thread that decides: it takes commands from a bounded inbox, runs the timers of ticks and
 * frags, and owns every piece of mutable state of the sequencer. It can be stepped by hand with a
 * manual clock.
 */
package io.lockstep.sequencer.loop;
