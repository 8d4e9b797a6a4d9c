// SPDX-License-Identifier: Apache-2.0
/**
 * The measurement of the EVM: nine loops and mixed branchy code on each engine, and by eth_call on
 * another node, in turn within the same minutes. The main thread.
 */
@NullMarked
package io.lockstep.bench.evm;

import org.jspecify.annotations.NullMarked;
