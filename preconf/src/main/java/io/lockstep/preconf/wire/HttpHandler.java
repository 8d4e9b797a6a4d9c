// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

/**
 * Answers HTTP requests of one route. It runs on a virtual thread of the server and may block
 * within the call timeout; an exception it throws is a bug and becomes status 500.
 */
@FunctionalInterface
public interface HttpHandler {
  HttpReply handle(HttpRequest request);
}
