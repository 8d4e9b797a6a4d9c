// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.primitives.types.Bytes;

/**
 * Code to run on the EVM alone. Any thread.
 *
 * @param code the code of the account that is called
 * @param input call data
 * @param gasLimit gas the call may use
 * @param valueWei value of the call, wei
 * @param fork name of the rules, as the fixtures spell it
 * @param engine name of what runs the code
 * @param trace one JSON object per step (EIP-3155)
 * @param bench run it over and over and tell how long one run takes
 * @param json the result as one JSON object
 */
public record EvmRunOptions(
    Bytes code,
    Bytes input,
    long gasLimit,
    long valueWei,
    String fork,
    String engine,
    boolean trace,
    boolean bench,
    boolean json) {}
