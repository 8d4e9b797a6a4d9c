// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code lockstep export} takes from where to where. Any thread.
 *
 * @param genesis where the genesis goes, null for nowhere
 * @param blocks where the blocks go, null for nowhere
 * @param first number of the first block
 * @param last number of the last block, null for the head's
 */
public record ExportOptions(
    Source source, @Nullable Path genesis, @Nullable Path blocks, long first, @Nullable Long last) {
  /** Who has the chain. */
  public sealed interface Source {
    /**
     * A stopped node's data directory.
     *
     * @param cluster the deployment, null for the one that the node has kept in its directory
     * @param rollup chain id, null for the cluster's first rollup
     */
    record DataDir(Path dir, @Nullable Path cluster, @Nullable Long rollup) implements Source {}

    /** A running node, the path of the URL choosing the rollup. */
    record Rpc(URI endpoint) implements Source {}
  }
}
