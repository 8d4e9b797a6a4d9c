// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A measurement of the EVM by itself. Any thread.
 *
 * @param reference a node to run the same code by eth_call, null for the anvil of the tests
 * @param node a node of ours that does so too, null for none
 * @param rounds how often each program is measured, the engines in turn
 * @param json the result as one JSON object
 */
public record BenchEvmOptions(
    @Nullable URI reference, @Nullable URI node, int rounds, boolean json) {}
