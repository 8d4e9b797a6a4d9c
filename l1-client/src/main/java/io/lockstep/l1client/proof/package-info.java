// SPDX-License-Identifier: Apache-2.0
/** Merkle branches of the beacon state, up to the block root that EIP-4788 keeps on chain. */
package io.lockstep.l1client.proof;
