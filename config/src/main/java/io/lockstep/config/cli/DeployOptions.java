// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.cluster.DeploymentFile;
import io.lockstep.primitives.crypto.SecretKey;
import java.net.URI;
import java.nio.file.Path;

/**
 * What {@code lockstep deploy} deploys where. Any thread.
 *
 * @param key pays; it has no rights in the cluster
 * @param out the cluster file to be written
 */
public record DeployOptions(
    URI l1Rpc, URI l1Beacon, DeploymentFile plan, SecretKey key, Path out, boolean json) {}
