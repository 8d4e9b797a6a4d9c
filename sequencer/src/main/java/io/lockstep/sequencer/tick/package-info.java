// SPDX-License-Identifier: Apache-2.0
/**
 * Blocks of the cluster: what fixes a tick, how its blocks are opened, filled and finished. The
 * same code builds, follows and derives, so that pending, sealed and derived cannot differ. Runs on
 * the sequencing thread.
 */
package io.lockstep.sequencer.tick;
