// SPDX-License-Identifier: Apache-2.0
/**
 * The cluster's L1 contracts in Java: what is sent to them and what they log. Decoding is total and
 * bounded: call data may come from anyone. No thread of its own; the readers ask the execution
 * client and block.
 */
package io.lockstep.l1client.contract;
