// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Log;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads from L1 what goes to the rollups besides batches: forced transactions from the Inbox,
 * messages from the messenger. Methods block. Any thread.
 */
public final class InboundReader {
  private static final List<Hash32> FORCED = List.of(ClusterInboxAbi.FORCED_ENQUEUED_TOPIC);
  private static final List<Hash32> MESSAGES = List.of(L1MessengerAbi.MESSAGE_SENT_TOPIC);

  private final ExecutionClient execution;
  private final Address inbox;
  private final Address messenger;

  public InboundReader(ExecutionClient execution, Address inbox, Address messenger) {
    this.execution = execution;
    this.inbox = inbox;
    this.messenger = messenger;
  }

  /** What one block holds. */
  public InboundEvents of(Hash32 blockHash) throws L1Exception {
    return events(
        execution.logs(blockHash, inbox, FORCED), execution.logs(blockHash, messenger, MESSAGES));
  }

  /** What canonical blocks from {@code from} to {@code to} hold, by block; others are left out. */
  public SortedMap<Long, InboundEvents> between(long from, long to) throws L1Exception {
    Map<Long, List<L1Log>> forced = byBlock(execution.logs(from, to, inbox, FORCED));
    Map<Long, List<L1Log>> messages = byBlock(execution.logs(from, to, messenger, MESSAGES));
    Set<Long> numbers = new TreeSet<>(forced.keySet());
    numbers.addAll(messages.keySet());
    SortedMap<Long, InboundEvents> out = new TreeMap<>();
    for (long number : numbers) {
      out.put(
          number,
          events(forced.getOrDefault(number, List.of()), messages.getOrDefault(number, List.of())));
    }
    return out;
  }

  private static Map<Long, List<L1Log>> byBlock(List<L1Log> logs) {
    Map<Long, List<L1Log>> out = new HashMap<>();
    logs.forEach(log -> out.computeIfAbsent(log.blockNumber(), _ -> new ArrayList<>()).add(log));
    return out;
  }

  private InboundEvents events(List<L1Log> forced, List<L1Log> messages) throws L1Exception {
    if (forced.isEmpty() && messages.isEmpty()) {
      return InboundEvents.NONE;
    }
    try {
      List<ForcedEnqueued> items = new ArrayList<>();
      for (L1Log log : ordered(forced)) {
        items.add(ClusterInboxAbi.decodeForcedEnqueued(log.log()));
      }
      List<MessageSent> sent = new ArrayList<>();
      for (L1Log log : ordered(messages)) {
        sent.add(L1MessengerAbi.decodeMessageSent(log.log()));
      }
      return new InboundEvents(items, sent);
    } catch (DecodeException e) {
      throw new L1Exception(
          L1Exception.Kind.BAD_ANSWER,
          "inbox " + inbox + " or messenger " + messenger + ": " + e.getMessage(),
          e);
    }
  }

  private static List<L1Log> ordered(List<L1Log> logs) {
    return logs.stream().sorted(Comparator.comparingInt(L1Log::logIndex)).toList();
  }
}
