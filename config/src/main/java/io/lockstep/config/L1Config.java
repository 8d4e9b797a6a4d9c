// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import java.net.URI;
import java.util.List;

/**
 * The L1 a node lives from; with several endpoints the next one is asked when one fails. Any
 * thread.
 *
 * @param rpc execution clients' JSON-RPC, http or https, at least one
 * @param beacon beacon nodes' API, http or https, at least one
 * @param requestTimeoutMs longest wait for one answer, milliseconds
 */
public record L1Config(List<URI> rpc, List<URI> beacon, long requestTimeoutMs) {
  public L1Config {
    rpc = List.copyOf(rpc);
    beacon = List.copyOf(beacon);
  }
}
