// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import java.net.URI;
import java.util.List;

/**
 * Where blobs of past batches come from, and how long the node keeps them itself. Any thread.
 *
 * @param peers JSON-RPC URLs of other nodes, which serve the blobs that they keep
 * @param retentionEpochs L1 epochs; 0 keeps all
 */
public record BlobsConfig(List<URI> peers, long retentionEpochs) {
  /** As it is when the configuration does not say: as long as L1 keeps them. */
  public static final BlobsConfig DEFAULT = new BlobsConfig(List.of(), 4_096);

  public BlobsConfig {
    peers = List.copyOf(peers);
  }
}
