// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.duty;

import io.lockstep.l1client.contract.LookaheadSynced;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.sequencer.schedule.EpochOperators;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The schedule on chain against the one that this node has from its beacon node and the registry's
 * events: whoever signs by another schedule than the inbox's signs in vain. Owner: the thread of
 * the node's duties.
 */
final class ScheduleCheck {
  private final Map<Epoch, String> faults = new TreeMap<>();

  /** Takes what is known of an epoch; null on either side is no contradiction. */
  void compare(Epoch epoch, @Nullable LookaheadSynced onChain, @Nullable EpochOperators own) {
    String fault = onChain == null || own == null ? null : fault(epoch, onChain, own);
    if (fault == null) {
      faults.remove(epoch);
    } else {
      faults.put(epoch, fault);
    }
  }

  void forgetBefore(Epoch first) {
    faults.keySet().removeIf(epoch -> epoch.compareTo(first) < 0);
  }

  /** Epochs that contradict. */
  int count() {
    return faults.size();
  }

  /** What contradicts in the epochs from {@code first} to {@code last}, or null. */
  @Nullable String faultIn(Epoch first, Epoch last) {
    String all =
        faults.entrySet().stream()
            .filter(one -> one.getKey().compareTo(first) >= 0 && one.getKey().compareTo(last) <= 0)
            .map(Map.Entry::getValue)
            .collect(Collectors.joining("; "));
    return all.isEmpty() ? null : all;
  }

  private static @Nullable String fault(Epoch epoch, LookaheadSynced onChain, EpochOperators own) {
    List<String> differences = new ArrayList<>();
    int slots = own.registered().size();
    for (int i = 0; i < slots; i++) {
      long there = i < onChain.slots() ? onChain.operatorAt(i) : 0;
      long here = own.registered().get(i);
      if (there != here) {
        differences.add(
            "slot %d is operator %d's on chain, %d's here"
                .formatted(epoch.value() * slots + i, there, here));
      }
    }
    if (onChain.fallbackOperatorId() != own.fallback()) {
      differences.add(
          "the fallback is operator %d on chain, %d here"
              .formatted(onChain.fallbackOperatorId(), own.fallback()));
    }
    return differences.isEmpty()
        ? null
        : "the schedule of epoch " + epoch + ": " + String.join(", ", differences);
  }
}
