// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP to L1 nodes: bounded exchanges, several endpoints with failover, reading of JSON fields.
 * Calls block and are made from virtual threads. Knows nothing of beacon or execution methods.
 */
package io.lockstep.l1client.http;
