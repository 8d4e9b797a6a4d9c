// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Keeps the bytes of the node that was written last: one event goes to many subscribers, one after
 * the other. Any thread.
 */
final class LastEncoded {
  private volatile @Nullable Entry last;

  private record Entry(JsonNode node, byte[] bytes) {}

  @SuppressWarnings("ReferenceEquality") // identity is the point: comparing trees would cost more
  byte[] bytes(JsonNode node) {
    Entry known = last;
    if (known != null && known.node == node) {
      return known.bytes;
    }
    byte[] bytes = Json.write(node);
    last = new Entry(node, bytes);
    return bytes;
  }
}
