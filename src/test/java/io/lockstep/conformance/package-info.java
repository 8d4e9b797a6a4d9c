// SPDX-License-Identifier: Apache-2.0
/**
 * Lockstep's chain and EVM against implementations that are not ours: EthereumJS and anvil run what
 * we have run, and everything must be equal. Test threads.
 */
@NullMarked
package io.lockstep.conformance;

import org.jspecify.annotations.NullMarked;
