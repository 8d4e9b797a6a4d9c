// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import java.util.List;

/** What an L1 block holds for the rollups besides batches; each list in the order of the logs. */
public record InboundEvents(List<ForcedEnqueued> forced, List<MessageSent> messages) {
  public static final InboundEvents NONE = new InboundEvents(List.of(), List.of());

  public InboundEvents {
    forced = List.copyOf(forced);
    messages = List.copyOf(messages);
  }

  public boolean isEmpty() {
    return forced.isEmpty() && messages.isEmpty();
  }
}
