// SPDX-License-Identifier: Apache-2.0
/**
 * What an operator signed or posted and what contradicts it, kept on disk for whoever brings it to
 * the slasher (protocol §2.5). Written by the sequencing thread, read by any.
 */
package io.lockstep.preconf.evidence;
