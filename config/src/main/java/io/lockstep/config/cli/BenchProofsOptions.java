// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A measurement of proofs from a beacon state. Any thread.
 *
 * @param validators in the state that is made up
 * @param proven validators of which proofs are made, from the first on
 * @param fork of the state that is made up
 * @param beacon a node whose head is proven instead; null for a state that is made up
 * @param rpc the execution client under that node, asked for the root that EIP-4788 keeps; or null
 * @param json the result as one JSON object, the branches in it when there is a node
 */
public record BenchProofsOptions(
    int validators,
    int proven,
    DevnetOptions.L1Fork fork,
    @Nullable URI beacon,
    @Nullable URI rpc,
    boolean json) {}
