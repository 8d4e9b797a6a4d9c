// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import io.lockstep.l1client.L1Exception;
import java.io.ByteArrayInputStream;

/**
 * Carries a request to an L1 node and its answer back. The JDK's client in production; a simulation
 * hands calls to a box in the same process.
 */
@FunctionalInterface
public interface Transport {
  /**
   * Blocks until the whole answer is there or the call's time is up.
   *
   * @throws L1Exception UNREACHABLE, TIMEOUT or (too long an answer) BAD_ANSWER
   */
  HttpAnswer exchange(HttpCall call) throws L1Exception;

  /**
   * Opens a JSON-RPC subscription ({@code eth_subscribe}) at an endpoint that speaks WebSocket.
   *
   * @return ends it
   * @throws L1Exception also when the endpoint, or this transport, has no such thing
   */
  default AutoCloseable subscribe(
      Endpoint endpoint, String subscription, long timeoutMs, NoticeListener listener)
      throws L1Exception {
    throw new L1Exception(L1Exception.Kind.REFUSED, endpoint + ": no subscriptions");
  }

  /**
   * An exchange whose answer is too long to hold: its body is read by the caller, who closes it.
   * The call's time is that until the body begins.
   */
  default HttpStream stream(HttpCall call) throws L1Exception {
    HttpAnswer answer = exchange(call);
    return new HttpStream(
        answer.status(), answer.body().length, new ByteArrayInputStream(answer.body()));
  }
}
