// SPDX-License-Identifier: Apache-2.0
/**
 * What this node holds true: the recent L1 chain, the rollups' unsafe, safe and finalized heads,
 * and the immutable picture of them that RPC threads read. Written by the sequencing thread alone.
 */
package io.lockstep.sequencer.head;
