// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import tools.jackson.databind.JsonNode;

/** The calls to an L1's two clients that a deployment makes. One thread. */
public interface L1Caller extends AutoCloseable {
  /**
   * A JSON-RPC call.
   *
   * @throws DeployException when the client is away or answers with an error
   */
  JsonNode call(String method, JsonNode... params) throws DeployException;

  /** A GET of the beacon node; the answer's "data". */
  JsonNode beacon(String path) throws DeployException;

  @Override
  void close();
}
