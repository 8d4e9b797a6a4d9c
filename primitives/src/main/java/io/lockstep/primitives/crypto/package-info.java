// SPDX-License-Identifier: Apache-2.0
/** Hashes, secp256k1, KZG and Merkle trees, over libraries. */
package io.lockstep.primitives.crypto;
