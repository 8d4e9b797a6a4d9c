// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import java.nio.file.Path;

/**
 * Where the node keeps its databases. Any thread.
 *
 * @param dir one folder a node; two nodes cannot share one
 */
public record StorageConfig(Path dir) {}
