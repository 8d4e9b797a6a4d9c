// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which L1 slot, from the proposers of the epochs it was given and the operators that
 * count there. Immutable: each {@code with…} gives a new one. Any thread. Source: protocol section
 * 1.3.
 *
 * <p>Slot k is <i>registered</i> when its proposer counts for an operator that is eligible in k's
 * epoch. Slot s belongs to the first registered slot k with s ≤ k &lt; s + W, else to the fallback
 * of its epoch.
 */
public final class ProposerSchedule {
  /** No registered slot within reach. */
  private static final long NONE = Long.MAX_VALUE;

  private final int slotsPerEpoch;
  private final int windowCapSlots;
  private final OperatorSet operators;
  private final NavigableMap<Long, EpochDuties> epochs;

  private ProposerSchedule(
      int slotsPerEpoch,
      int windowCapSlots,
      OperatorSet operators,
      NavigableMap<Long, EpochDuties> epochs) {
    this.slotsPerEpoch = slotsPerEpoch;
    this.windowCapSlots = windowCapSlots;
    this.operators = operators;
    this.epochs = epochs;
  }

  /** A schedule that knows no duties yet, with the protocol's W = slots per epoch − 1. */
  public static ProposerSchedule empty(int slotsPerEpoch, OperatorSet operators) {
    return empty(slotsPerEpoch, slotsPerEpoch - 1, operators);
  }

  /**
   * A schedule that knows no duties yet.
   *
   * @param windowCapSlots W
   */
  public static ProposerSchedule empty(
      int slotsPerEpoch, int windowCapSlots, OperatorSet operators) {
    if (windowCapSlots < 1) {
      throw new IllegalArgumentException("a window has at least a slot, got " + windowCapSlots);
    }
    return new ProposerSchedule(slotsPerEpoch, windowCapSlots, operators, new TreeMap<>());
  }

  /**
   * With the proposers of an epoch, in place of those known before.
   *
   * @param validatorIndices one for each slot of the epoch
   */
  public ProposerSchedule withDuties(Epoch epoch, long[] validatorIndices) {
    if (validatorIndices.length != slotsPerEpoch) {
      throw new IllegalArgumentException(
          validatorIndices.length + " proposers of an epoch of " + slotsPerEpoch + " slots");
    }
    TreeMap<Long, EpochDuties> changed = new TreeMap<>(epochs);
    changed.put(epoch.value(), new EpochDuties(epoch, validatorIndices, operators));
    return new ProposerSchedule(slotsPerEpoch, windowCapSlots, operators, changed);
  }

  /**
   * With an epoch that the beacon node tells nothing of, as the lookahead oracle has it; one that
   * is known stays.
   */
  public ProposerSchedule withOnChain(Epoch epoch, EpochOperators operators) {
    if (operators.registered().size() != slotsPerEpoch) {
      throw new IllegalArgumentException(
          operators.registered().size() + " slots of an epoch of " + slotsPerEpoch);
    }
    TreeMap<Long, EpochDuties> changed = new TreeMap<>(epochs);
    changed.putIfAbsent(epoch.value(), EpochDuties.onChain(operators));
    return new ProposerSchedule(slotsPerEpoch, windowCapSlots, this.operators, changed);
  }

  /** Without the epochs that only the lookahead oracle told of. */
  public ProposerSchedule withoutOnChain() {
    TreeMap<Long, EpochDuties> changed = new TreeMap<>(epochs);
    changed.values().removeIf(EpochDuties::isOnChain);
    return new ProposerSchedule(slotsPerEpoch, windowCapSlots, operators, changed);
  }

  /** With a newer view of the registry; duties stay. */
  public ProposerSchedule withOperators(OperatorSet newer) {
    TreeMap<Long, EpochDuties> changed = new TreeMap<>();
    epochs.forEach((epoch, duties) -> changed.put(epoch, duties.with(new Epoch(epoch), newer)));
    return new ProposerSchedule(slotsPerEpoch, windowCapSlots, newer, changed);
  }

  /** Without the duties of epochs before {@code first}. */
  public ProposerSchedule withoutEpochsBefore(Epoch first) {
    return new ProposerSchedule(
        slotsPerEpoch,
        windowCapSlots,
        operators,
        new TreeMap<>(epochs.tailMap(first.value(), true)));
  }

  /** Without the duties of {@code first} and later: they are not to be relied upon. */
  public ProposerSchedule withoutEpochsFrom(Epoch first) {
    return new ProposerSchedule(
        slotsPerEpoch,
        windowCapSlots,
        operators,
        new TreeMap<>(epochs.headMap(first.value(), false)));
  }

  public OperatorSet operators() {
    return operators;
  }

  /** W: how far ahead of its own slot an operator's window may reach, slots. */
  public int windowCapSlots() {
    return windowCapSlots;
  }

  public int slotsPerEpoch() {
    return slotsPerEpoch;
  }

  /** The epochs whose duties are known, ascending. */
  public List<Epoch> knownEpochs() {
    return epochs.keySet().stream().map(Epoch::new).toList();
  }

  public boolean knows(Epoch epoch) {
    return epochs.containsKey(epoch.value());
  }

  /** Whom the slots of an epoch belong to by their proposers; null when these are not known. */
  public @Nullable EpochOperators operatorsOf(Epoch epoch) {
    EpochDuties duties = epochs.get(epoch.value());
    if (duties == null) {
      return null;
    }
    List<Long> registered = new ArrayList<>();
    for (int i = 0; i < slotsPerEpoch; i++) {
      registered.add(duties.operatorAt(i));
    }
    return new EpochOperators(registered, duties.fallbackOperatorId());
  }

  /** The owner of {@code slot}, with its window. */
  public SlotOwner owner(Slot slot) {
    long s = slot.value();
    EpochDuties own = epochs.get(s / slotsPerEpoch);
    if (own == null) {
      return new SlotOwner.Unknown(new Epoch(s / slotsPerEpoch));
    }
    long k = ownSlotFor(s);
    if (k < 0) {
      return new SlotOwner.Unknown(new Epoch(-k - 1));
    }
    if (k != NONE) {
      return new SlotOwner.Owner(registeredWindow(k));
    }
    long operatorId = own.fallbackOperatorId();
    return operatorId == 0
        ? new SlotOwner.NoOwner(slot)
        : new SlotOwner.Owner(fallbackWindow(s, operatorId));
  }

  /** The first registered slot in [s, s + W), {@link #NONE}, or −1 − the epoch that is missing. */
  private long ownSlotFor(long s) {
    long end = s + windowCapSlots;
    long at = s;
    while (at < end) {
      long epoch = at / slotsPerEpoch;
      EpochDuties duties = epochs.get(epoch);
      if (duties == null) {
        return -epoch - 1;
      }
      long epochStart = epoch * slotsPerEpoch;
      long stop = Math.min(end, epochStart + slotsPerEpoch);
      for (; at < stop; at++) {
        if (duties.operatorAt((int) (at - epochStart)) != 0) {
          return at;
        }
      }
    }
    return NONE;
  }

  private long operatorAt(long slot) {
    EpochDuties duties = epochs.get(slot / slotsPerEpoch);
    if (duties == null) {
      throw new IllegalStateException("duties of slot " + slot + " are not known");
    }
    return duties.operatorAt((int) (slot % slotsPerEpoch));
  }

  private Window registeredWindow(long k) {
    long operatorId = operatorAt(k);
    return new Window(
        new Slot(k), operatorId, false, isIdle(operatorId), firstSlotOf(k), new Slot(k));
  }

  private @Nullable Slot firstSlotOf(long k) {
    long limit = Math.max(0, k - windowCapSlots + 1);
    long first = k;
    while (first > limit) {
      if (!epochs.containsKey((first - 1) / slotsPerEpoch)) {
        return null;
      }
      if (operatorAt(first - 1) != 0) {
        break;
      }
      first--;
    }
    return new Slot(first);
  }

  /** Only slots of one epoch count, and since W reaches over the rest of it there is one run. */
  private Window fallbackWindow(long s, long operatorId) {
    long epochStart = s / slotsPerEpoch * slotsPerEpoch;
    long first = s;
    while (first > epochStart && ownSlotFor(first - 1) == NONE) {
      first--;
    }
    long epochEnd = epochStart + slotsPerEpoch;
    long last = s;
    Slot lastSlot = null;
    while (lastSlot == null) {
      long next = last + 1 == epochEnd ? 0 : ownSlotFor(last + 1);
      if (next < 0) {
        break;
      }
      if (next == NONE) {
        last++;
      } else {
        lastSlot = new Slot(last);
      }
    }
    return new Window(
        new Slot(first), operatorId, true, isIdle(operatorId), new Slot(first), lastSlot);
  }

  private boolean isIdle(long operatorId) {
    Operator operator = operators.operator(operatorId);
    return operator == null || operator.isBarred();
  }
}
