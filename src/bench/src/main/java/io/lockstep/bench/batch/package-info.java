// SPDX-License-Identifier: Apache-2.0
/**
 * The measurement of batches: what transfers among random accounts take on L1, beside zlib and
 * brotli over the same transactions.
 */
package io.lockstep.bench.batch;
