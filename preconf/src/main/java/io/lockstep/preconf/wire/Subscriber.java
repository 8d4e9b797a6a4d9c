// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.primitives.rpc.RpcError;
import tools.jackson.databind.JsonNode;

/** The end of a connection that can take notifications: a WebSocket. Virtual threads. */
interface Subscriber {
  /**
   * Starts a subscription that stays silent until it is activated.
   *
   * @param namespace that its notifications' method begins with
   */
  Subscription subscribe(String namespace, SubscriptionSource source, JsonNode params)
      throws RpcError;

  /** Waits until the client has taken enough of what was sent before. */
  void awaitRoom() throws InterruptedException;

  /** False when there is no such subscription on this connection. */
  boolean unsubscribe(String id);
}
