// SPDX-License-Identifier: Apache-2.0
/**
 * Posting: which sealed ticks go into the next batch, when it is sent, what became of it (protocol
 * §1.4, §2.4, §3). Decides on the sequencing thread; encodes on CPU threads.
 */
package io.lockstep.sequencer.post;
