// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import io.lockstep.config.secret.Credentials;
import java.net.URI;
import java.util.List;

/**
 * The L1 a node lives from; with several endpoints the next one is asked when one fails. Any
 * thread.
 *
 * @param rpc execution clients' JSON-RPC, http, https, ws or wss, at least one
 * @param beacon beacon nodes' API, http or https, at least one
 * @param requestTimeoutMs longest wait for one answer, milliseconds
 * @param credentials what the endpoints ask for
 */
public record L1Config(
    List<URI> rpc, List<URI> beacon, long requestTimeoutMs, Credentials credentials) {
  public L1Config {
    rpc = List.copyOf(rpc);
    beacon = List.copyOf(beacon);
  }

  /** For endpoints that ask for nothing. */
  public L1Config(List<URI> rpc, List<URI> beacon, long requestTimeoutMs) {
    this(rpc, beacon, requestTimeoutMs, Credentials.NONE);
  }
}
