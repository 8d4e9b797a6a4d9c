// SPDX-License-Identifier: Apache-2.0
/**
 * What a committer signs (protocol §2.2): frags, seals and promises as EIP-712 objects, their
 * Merkle leaves, their JSON form, and the check of one from outside. Pure: no thread, no disk, no
 * clock.
 */
package io.lockstep.preconf.commitment;
