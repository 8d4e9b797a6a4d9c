// SPDX-License-Identifier: Apache-2.0
/**
 * Named defaults of the protocol's parameters: mainnet, minimal and devnet. Any thread; imports
 * only the cluster file's records.
 */
package io.lockstep.config.preset;
