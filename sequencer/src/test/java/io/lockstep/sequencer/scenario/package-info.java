// SPDX-License-Identifier: Apache-2.0
/**
 * A whole cluster on one thread and a clock stepped by hand: real loops and stores, a scripted L1.
 */
package io.lockstep.sequencer.scenario;
