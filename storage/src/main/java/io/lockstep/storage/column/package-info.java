// SPDX-License-Identifier: Apache-2.0
/** Forms of keys inside a column. Pure functions, any thread; knows nothing of RocksDB. */
package io.lockstep.storage.column;
