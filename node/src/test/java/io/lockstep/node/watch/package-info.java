// SPDX-License-Identifier: Apache-2.0
/**
 * Watching L1 while it misbehaves: the real trackers over HTTP against the L1 in a box, through
 * proxies that spoil answers and streams. Real time, but for the box's slots.
 */
package io.lockstep.node.watch;
