// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

/**
 * Runs of the deterministic simulation. Any thread.
 *
 * @param firstSeed the first run's seed; the others follow it
 * @param seeds how many runs
 * @param epochs length of a run, the last one without faults
 * @param threads runs at a time; a run itself is one thread
 * @param trace tell the story of each run
 */
public record SimOptions(long firstSeed, int seeds, int epochs, int threads, boolean trace) {}
