// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.contract.ForcedEnqueued;
import io.lockstep.l1client.contract.InboundEvents;
import io.lockstep.l1client.contract.MessageSent;
import io.lockstep.l1client.execution.L1Block;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far the messages and forced transactions of each rollup were read, so that one which an
 * execution client leaves out of its logs is noticed: they are numbered without gaps. What was read
 * before the start is not known here, so the first of each kind is taken as it comes. Owner: the
 * feed's thread.
 */
final class InboundTrail {
  private static final int REMEMBERED_BLOCKS = 1_024;

  /** Number of the next one after an L1 block, by what is numbered. */
  private final TreeMap<Long, Map<Queue, Long>> nexts = new TreeMap<>();

  private record Queue(long rollupId, boolean messages) {}

  void startAnew() {
    nexts.clear();
  }

  void rewindTo(long l1Number) {
    nexts.tailMap(l1Number, false).clear();
  }

  /**
   * Notes what a block holds, unless something before it is missing.
   *
   * @return the L1 block from which what is missing must be looked for; -1 when nothing is
   */
  long follow(L1Block block, InboundEvents events) {
    Map<Queue, Long> after = new HashMap<>();
    for (ForcedEnqueued item : events.forced()) {
      Queue queue = new Queue(item.rollupId(), false);
      long gap = follow(block, queue, item.index(), after);
      if (gap != -1) {
        return gap;
      }
    }
    for (MessageSent message : events.messages()) {
      Queue queue = new Queue(message.rollupId(), true);
      long gap = follow(block, queue, message.index(), after);
      if (gap != -1) {
        return gap;
      }
    }
    if (!after.isEmpty()) {
      nexts.put(block.number(), after);
      while (nexts.size() > REMEMBERED_BLOCKS) {
        nexts.pollFirstEntry();
      }
    }
    return -1;
  }

  private long follow(L1Block block, Queue queue, long index, Map<Queue, Long> after) {
    Long here = after.get(queue);
    Map.Entry<Long, Long> before = newestBefore(block.number(), queue);
    Long expected = here == null && before != null ? before.getValue() : here;
    if (expected != null && expected != index) {
      return before == null ? block.number() : before.getKey() + 1;
    }
    after.put(queue, index + 1);
    return -1;
  }

  private Map.@Nullable Entry<Long, Long> newestBefore(long l1Number, Queue queue) {
    for (Map.Entry<Long, Map<Queue, Long>> entry :
        nexts.headMap(l1Number, false).descendingMap().entrySet()) {
      Long next = entry.getValue().get(queue);
      if (next != null) {
        return Map.entry(entry.getKey(), next);
      }
    }
    return null;
  }
}
