// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Bytes;

/**
 * The Inbox's event: a transaction waits in a rollup's forced queue (protocol §4).
 *
 * @param index in the rollup's queue, from 0 without gaps
 * @param gasLimit the most that the transaction may ask for; its sender paid for it
 * @param rawTx whatever was handed in: it need not decode
 */
public record ForcedEnqueued(long rollupId, long index, long gasLimit, Bytes rawTx) {}
