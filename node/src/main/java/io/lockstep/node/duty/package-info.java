// SPDX-License-Identifier: Apache-2.0
/**
 * What a node has to do on L1 beside posting: it keeps the lookahead oracle synced and holds the
 * schedule on chain against its own. A thread of its own, which may block; it reads what the
 * sequencing thread publishes and writes nothing but L1 transactions and alarms.
 */
package io.lockstep.node.duty;
