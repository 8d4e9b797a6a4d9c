// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import tools.jackson.databind.JsonNode;

/** Hears what a JSON-RPC subscription tells. Called on the transport's threads; never blocks. */
public interface NoticeListener {
  /** The {@code result} of one notice. */
  void notice(JsonNode result);

  /** The connection is gone, and the subscription with it; told at most once. */
  void ended(String why);
}
