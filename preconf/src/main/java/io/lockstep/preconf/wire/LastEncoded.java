// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Keeps the bytes of the nodes that were written last: one event goes to many subscribers, one
 * after the other, and events of several sources come at the same time. Any thread.
 */
final class LastEncoded {
  /** More than there are sources with threads of their own. */
  private static final int PLACES = 16;

  private final AtomicReferenceArray<@Nullable Entry> last = new AtomicReferenceArray<>(PLACES);

  private record Entry(JsonNode node, Encoded encoded) {}

  @SuppressWarnings("ReferenceEquality") // identity is the point: comparing trees would cost more
  Encoded of(JsonNode node) {
    int place = System.identityHashCode(node) & (PLACES - 1);
    Entry known = last.get(place);
    if (known != null && known.node == node) {
      return known.encoded;
    }
    Encoded encoded = new Encoded(Json.write(node));
    last.set(place, new Entry(node, encoded));
    return encoded;
  }
}
