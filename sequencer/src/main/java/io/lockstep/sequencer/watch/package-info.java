// SPDX-License-Identifier: Apache-2.0
/**
 * Holds what operators sign against what they signed before and against what they post (protocol
 * §2.5). Runs on the sequencing thread.
 */
package io.lockstep.sequencer.watch;
