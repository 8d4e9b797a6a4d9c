// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import io.lockstep.config.cluster.ClusterFile;
import java.nio.file.Path;

/**
 * The deployment the node belongs to. Any thread.
 *
 * @param file where the cluster file was read
 * @param cluster what stands in it
 */
public record ClusterConfig(Path file, ClusterFile cluster) {}
