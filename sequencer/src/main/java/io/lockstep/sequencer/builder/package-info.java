// SPDX-License-Identifier: Apache-2.0
/**
 * Building as the one whose turn it is: what goes into a frag, when it is signed and released, how
 * a tick is sealed. Runs on the sequencing thread.
 */
package io.lockstep.sequencer.builder;
