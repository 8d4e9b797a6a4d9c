// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a commitment or a promise is genuine, backed and kept, for anybody who holds one
 * (protocol §2.3): told from L1, which the caller trusts, and from L2 blocks and states that
 * anybody may show. Callers' threads; imports the commitments and the primitives alone, no node,
 * disk or network.
 */
@NullMarked
package io.lockstep.preconf.verify;

import org.jspecify.annotations.NullMarked;
