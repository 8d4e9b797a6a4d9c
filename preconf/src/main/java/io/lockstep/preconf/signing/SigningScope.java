// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;

/**
 * Whose signatures a signing database is about: one committer in one cluster. Immutable.
 *
 * @param clusterId {@code keccak(L1 chain id, Inbox)} (protocol §2.2)
 */
public record SigningScope(Hash32 clusterId, long l1ChainId, Address committer) {}
