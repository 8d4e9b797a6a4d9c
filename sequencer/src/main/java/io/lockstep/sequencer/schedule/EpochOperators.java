// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import java.util.List;

/**
 * Whom the slots of an epoch belong to by their proposers. Any thread. Source: protocol §1.2.
 *
 * @param registered the operator whose own slot it is, for each slot, or 0
 * @param fallback the operator drawn for slots that no registered slot covers, or 0
 */
public record EpochOperators(List<Long> registered, long fallback) {
  public EpochOperators {
    registered = List.copyOf(registered);
  }
}
