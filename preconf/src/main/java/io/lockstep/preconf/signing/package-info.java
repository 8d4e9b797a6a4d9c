// SPDX-License-Identifier: Apache-2.0
/**
 * Signing with the committer key behind a guard that records before anything is released and
 * refuses what contradicts an earlier signature. Called from the sequencing thread only.
 */
package io.lockstep.preconf.signing;
