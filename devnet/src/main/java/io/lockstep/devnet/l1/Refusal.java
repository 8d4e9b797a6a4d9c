// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.preconf.wire.HttpHandler;
import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;

/** A request that the beacon API answers with {@code {code, message}}; for use inside handlers. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;

  private Refusal(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  static Refusal badRequest(String message) {
    return new Refusal(400, message);
  }

  static Refusal notFound(String message) {
    return new Refusal(404, message);
  }

  static Refusal unavailable(String message) {
    return new Refusal(503, message);
  }

  /** A handler that may refuse. */
  @FunctionalInterface
  interface Handler {
    HttpReply handle(HttpRequest request) throws Refusal;
  }

  static HttpHandler answering(Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (Refusal refusal) {
        String message = refusal.getMessage();
        return HttpReply.error(refusal.status, message == null ? "" : message);
      }
    };
  }
}
