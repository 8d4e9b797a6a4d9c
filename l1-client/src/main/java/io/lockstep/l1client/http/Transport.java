// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import io.lockstep.l1client.L1Exception;

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
}
