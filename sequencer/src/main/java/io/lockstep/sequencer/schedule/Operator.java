// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Wei;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered operator after all changes known, whether or not they count already. Any thread.
 * Source: protocol §1.1.
 *
 * @param keys by the epoch from which they count, ascending; at least one
 * @param eligible when it counts, ascending and without overlap; the last may be open
 */
public record Operator(
    long id,
    Address owner,
    List<Keys> keys,
    List<Interval> eligible,
    Wei stake,
    boolean frozen,
    boolean exited,
    boolean withdrawn) {
  public Operator {
    keys = List.copyOf(keys);
    eligible = List.copyOf(eligible);
  }

  /**
   * Keys of windows.
   *
   * @param fromEpoch the first epoch whose windows have these
   * @param posters the L1 senders that may post
   * @param committer signs frags, seals and promises
   */
  public record Keys(Epoch fromEpoch, List<Address> posters, Address committer) {
    public Keys {
      posters = List.copyOf(posters);
    }
  }

  /**
   * Epochs in which the operator counts.
   *
   * @param until the first in which it no longer does, or null
   */
  public record Interval(Epoch from, @Nullable Epoch until) {
    boolean contains(Epoch epoch) {
      return epoch.compareTo(from) >= 0 && (until == null || epoch.compareTo(until) < 0);
    }
  }

  static Operator registered(RegistryChange.Registered change) {
    return new Operator(
        change.operatorId(),
        change.owner(),
        List.of(new Keys(change.fromEpoch(), change.posters(), change.committer())),
        List.of(new Interval(change.fromEpoch(), null)),
        change.stake(),
        false,
        false,
        false);
  }

  /** The keys of windows whose windowSlot lies in this epoch (protocol §1.1.4). */
  public Keys keysAt(Epoch epoch) {
    Keys found = keys.getFirst();
    for (Keys candidate : keys) {
      if (candidate.fromEpoch.compareTo(epoch) <= 0) {
        found = candidate;
      }
    }
    return found;
  }

  /** Whether it counts in this epoch (protocol §1.1.3). */
  public boolean isEligibleAt(Epoch epoch) {
    return eligible.stream().anyMatch(interval -> interval.contains(epoch));
  }

  /** Whether it may post nothing any more, in windows of any epoch. */
  public boolean isBarred() {
    return frozen || withdrawn;
  }

  Operator with(RegistryChange change) {
    return switch (change) {
      case RegistryChange.KeysRotated c ->
          withKeys(append(keys, new Keys(c.fromEpoch(), c.posters(), c.committer())));
      case RegistryChange.StakeChanged c ->
          new Operator(id, owner, keys, eligible, c.total(), frozen, exited, withdrawn);
      case RegistryChange.Frozen _ ->
          new Operator(id, owner, keys, eligible, stake, true, exited, withdrawn);
      case RegistryChange.Exited _ ->
          new Operator(id, owner, keys, eligible, stake, frozen, true, withdrawn);
      case RegistryChange.Withdrawn _ ->
          new Operator(id, owner, keys, eligible, stake, frozen, exited, true);
      case RegistryChange.EligibilityEnded c -> {
        List<Interval> ended = new ArrayList<>(eligible);
        Interval last = ended.removeLast();
        ended.add(new Interval(last.from, c.untilEpoch()));
        yield withEligible(ended);
      }
      case RegistryChange.EligibilityBegan c ->
          withEligible(append(eligible, new Interval(c.fromEpoch(), null)));
      case RegistryChange.Registered _, RegistryChange.ValidatorsAdded _ ->
          throw new IllegalArgumentException("not a change of an operator itself: " + change);
    };
  }

  private Operator withKeys(List<Keys> changed) {
    return new Operator(id, owner, changed, eligible, stake, frozen, exited, withdrawn);
  }

  private Operator withEligible(List<Interval> changed) {
    return new Operator(id, owner, keys, changed, stake, frozen, exited, withdrawn);
  }

  private static <T> List<T> append(List<T> list, T last) {
    List<T> out = new ArrayList<>(list);
    out.add(last);
    return out;
  }
}
