// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.proof;

import io.lockstep.primitives.ssz.Branch;

/**
 * What a beacon block proves about a validator; every branch leads to the block's root. Immutable.
 *
 * @param pubkey the leaf is the SHA-256 of the key and 16 zero bytes
 * @param slashed the leaf is 1 or 0, little-endian
 * @param exitEpoch the leaf is the epoch, little-endian
 */
public record ValidatorProof(
    long index, Branch pubkey, Branch withdrawalCredentials, Branch slashed, Branch exitEpoch) {}
