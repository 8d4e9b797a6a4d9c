// SPDX-License-Identifier: Apache-2.0
/**
 * What was signed and heard, kept on disk: frags, seals with bodies, and which transaction stands
 * where. Written by the sequencing thread, read by any.
 */
package io.lockstep.preconf.ledger;
