// SPDX-License-Identifier: Apache-2.0
/**
 * Who proposes in the current and the next L1 epoch, kept up to date. The tracker belongs to one
 * thread.
 */
package io.lockstep.l1client.duties;
