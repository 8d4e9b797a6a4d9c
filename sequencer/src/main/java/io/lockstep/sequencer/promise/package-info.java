// SPDX-License-Identifier: Apache-2.0
/**
 * Promises to users beside frags and seals: what they cost, what stands behind them, whether they
 * were kept (protocol §2.2, §6). Sequencing thread, but for the pure prices; must not import the
 * loop.
 */
package io.lockstep.sequencer.promise;
