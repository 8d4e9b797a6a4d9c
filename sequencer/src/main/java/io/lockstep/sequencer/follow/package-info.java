// SPDX-License-Identifier: Apache-2.0
/**
 * Following the operator whose turn it is: executing its frags as they come, checking its seals,
 * asking peers for what was missed. Runs on the sequencing thread.
 */
package io.lockstep.sequencer.follow;
