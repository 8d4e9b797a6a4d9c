// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.primitives.rpc.RpcMethod;
import java.util.Map;

/**
 * The JSON-RPC methods of one path and what {@code eth_subscribe} offers there, by name. {@code
 * eth_subscribe} and {@code eth_unsubscribe} themselves are the server's, and so are the same in
 * the namespace {@code preconf}.
 */
public record RpcEndpoint(
    Map<String, RpcMethod> methods, Map<String, SubscriptionSource> subscriptions) {
  public RpcEndpoint {
    methods = Map.copyOf(methods);
    subscriptions = Map.copyOf(subscriptions);
  }
}
