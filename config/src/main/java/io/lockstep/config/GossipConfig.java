// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import java.util.List;

/**
 * Where frags, seals and bodies are flooded. Any thread.
 *
 * @param host address to listen on
 * @param port TCP port; 0 lets the system choose
 * @param peers the nodes to connect to; without any the node lives from L1 alone
 */
public record GossipConfig(String host, int port, List<HostPort> peers) {
  public GossipConfig {
    peers = List.copyOf(peers);
  }
}
