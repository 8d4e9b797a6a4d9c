// SPDX-License-Identifier: Apache-2.0
/**
 * Transactions with a cluster's contracts that people ask for: an operator's stake and keys, and
 * the block that anybody may give an open window. One thread each.
 */
package io.lockstep.node.stake;
