// SPDX-License-Identifier: Apache-2.0
/**
 * The key-value store and its RocksDB form, the only place that knows RocksDB. Reads from any
 * thread; a batch belongs to one. Imports no other room but primitives and config.
 */
package io.lockstep.storage.kv;
