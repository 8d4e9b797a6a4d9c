// SPDX-License-Identifier: Apache-2.0
/**
 * Who may sequence and post: the operator registry by epoch and, with the proposer lookahead, the
 * owner of each L1 slot (protocol sections 1.1 to 1.3). Immutable values, any thread; no I/O, no
 * clock.
 */
package io.lockstep.sequencer.schedule;
