// SPDX-License-Identifier: Apache-2.0
/**
 * Signing with the committer key behind a database of its own, so that nothing contradicts an
 * earlier signature after a kill, loss of power, a restored backup or beside a twin. Sequencing
 * thread, but for the group commit's; imports neither wire nor anything of the sequencer.
 */
package io.lockstep.preconf.signing;
