// SPDX-License-Identifier: Apache-2.0
/**
 * What L1 has for the rollups besides batches: messages and forced transactions, on disk by rollup
 * and index (protocol §4). Written by the sequencing thread alone; imports no other package of this
 * module.
 */
package io.lockstep.sequencer.inbound;
