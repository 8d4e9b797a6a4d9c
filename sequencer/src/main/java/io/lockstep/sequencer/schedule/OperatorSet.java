// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Wei;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The operator registry as of some L1 block, readable for any epoch: a change made in epoch e
 * counts from e + {@code activationDelayEpochs}, so what counts in an epoch is settled before it
 * begins. Immutable; after an L1 reorg go on from the set of the fork point. Any thread. Source:
 * protocol section 1.1.
 */
public final class OperatorSet {
  /** Protocol D-8: changes of epoch e count from e + 3. */
  public static final long DEFAULT_ACTIVATION_DELAY_EPOCHS = 3;

  private final long activationDelayEpochs;
  private final Wei minStake;
  private final Map<Long, History> operators;
  private final List<Claim> claims;
  private final Map<Long, Claim> claimOfValidator;
  private final long lastEpoch;

  /** A validator claimed by an operator; the list of claims is in registration order. */
  private record Claim(long validatorIndex, long operatorId, long epoch) {}

  /** An operator and its stake by the epoch of change. */
  private record History(Operator operator, NavigableMap<Long, Wei> stakeFrom) {}

  private OperatorSet(
      long activationDelayEpochs,
      Wei minStake,
      Map<Long, History> operators,
      List<Claim> claims,
      Map<Long, Claim> claimOfValidator,
      long lastEpoch) {
    this.activationDelayEpochs = activationDelayEpochs;
    this.minStake = minStake;
    this.operators = operators;
    this.claims = claims;
    this.claimOfValidator = claimOfValidator;
    this.lastEpoch = lastEpoch;
  }

  /**
   * The registry before its first event.
   *
   * @param minStake an operator with less is not eligible
   */
  public static OperatorSet empty(long activationDelayEpochs, Wei minStake) {
    if (activationDelayEpochs < 0) {
      throw new IllegalArgumentException("a delay is not negative, got " + activationDelayEpochs);
    }
    return new OperatorSet(activationDelayEpochs, minStake, Map.of(), List.of(), Map.of(), 0);
  }

  /**
   * This set after {@code changes}, in their order.
   *
   * @throws IllegalArgumentException when they cannot have happened: epochs go back, an operator or
   *     a validator's claim appears twice, or a change names an operator that is not there
   */
  public OperatorSet with(Collection<RegistryChange> changes) {
    if (changes.isEmpty()) {
      return this;
    }
    Map<Long, History> newOperators = new HashMap<>(operators);
    List<Claim> newClaims = new ArrayList<>(claims);
    Map<Long, Claim> newClaimOf = new HashMap<>(claimOfValidator);
    long epoch = lastEpoch;
    for (RegistryChange change : changes) {
      if (change.epoch().value() < epoch) {
        throw new IllegalArgumentException(
            "a change of epoch " + change.epoch() + " after one of epoch " + epoch);
      }
      epoch = change.epoch().value();
      if (change instanceof RegistryChange.ValidatorsAdded added) {
        known(newOperators, added);
        for (long index : added.validatorIndices()) {
          Claim claim = new Claim(index, added.operatorId(), epoch);
          if (newClaimOf.putIfAbsent(index, claim) != null) {
            throw new IllegalArgumentException("validator " + index + " is claimed already");
          }
          newClaims.add(claim);
        }
      } else {
        newOperators.put(change.operatorId(), changed(newOperators, change));
      }
    }
    return new OperatorSet(
        activationDelayEpochs, minStake, newOperators, newClaims, newClaimOf, epoch);
  }

  /** The operator with this id, or null. */
  public @Nullable Operator operator(long operatorId) {
    History history = operators.get(operatorId);
    return history == null ? null : history.operator;
  }

  /** All operators, by ascending id. */
  public List<Operator> operators() {
    return operators.values().stream()
        .map(History::operator)
        .sorted((a, b) -> Long.compare(a.id(), b.id()))
        .toList();
  }

  /** The operator for which {@code poster} may send, or null. */
  public @Nullable Operator operatorOfPoster(Address poster) {
    for (History history : operators.values()) {
      if (history.operator.posters().contains(poster)) {
        return history.operator;
      }
    }
    return null;
  }

  /** The operator that signs as {@code committer}, or null. */
  public @Nullable Operator operatorOfCommitter(Address committer) {
    for (History history : operators.values()) {
      if (history.operator.committer().equals(committer)) {
        return history.operator;
      }
    }
    return null;
  }

  /**
   * Whether an operator counts in an epoch: registered, staked, neither frozen nor gone, by the
   * changes that count there.
   */
  public boolean isEligible(long operatorId, Epoch at) {
    History history = operators.get(operatorId);
    if (history == null) {
      return false;
    }
    Operator operator = history.operator;
    Epoch frozenIn = operator.frozenIn();
    Epoch exitedIn = operator.exitedIn();
    if (!counts(operator.registeredIn().value(), at)
        || (frozenIn != null && counts(frozenIn.value(), at))
        || (exitedIn != null && counts(exitedIn.value(), at))) {
      return false;
    }
    Map.Entry<Long, Wei> stake = history.stakeFrom.floorEntry(at.value() - activationDelayEpochs);
    return stake != null && stake.getValue().compareTo(minStake) >= 0;
  }

  /** The operator for which a validator counts in an epoch, if that operator is eligible; or 0. */
  long eligibleOperatorOf(long validatorIndex, Epoch at) {
    Claim claim = claimOfValidator.get(validatorIndex);
    return claim != null && counts(claim.epoch, at) && isEligible(claim.operatorId, at)
        ? claim.operatorId
        : 0;
  }

  /** How many validators are registered by the changes that count in an epoch. */
  int validatorCount(Epoch at) {
    // Claims are in order of their epochs: the first that does not count ends the list.
    int low = 0;
    int high = claims.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (counts(claims.get(middle).epoch, at)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The operator of the {@code position}-th registered validator. */
  long operatorAtPosition(int position) {
    return claims.get(position).operatorId;
  }

  private boolean counts(long changeEpoch, Epoch at) {
    return changeEpoch + activationDelayEpochs <= at.value();
  }

  private static History known(Map<Long, History> operators, RegistryChange change) {
    History history = operators.get(change.operatorId());
    if (history == null) {
      throw new IllegalArgumentException("no operator " + change.operatorId() + ": " + change);
    }
    return history;
  }

  private static History changed(Map<Long, History> operators, RegistryChange change) {
    return switch (change) {
      case RegistryChange.Registered r -> {
        if (operators.containsKey(r.operatorId())) {
          throw new IllegalArgumentException("operator " + r.operatorId() + " is registered");
        }
        TreeMap<Long, Wei> stake = new TreeMap<>();
        stake.put(r.epoch().value(), r.stake());
        yield new History(
            new Operator(
                r.operatorId(),
                r.owner(),
                r.posters(),
                r.committer(),
                r.stake(),
                r.epoch(),
                null,
                null),
            stake);
      }
      case RegistryChange.Frozen f -> {
        History history = known(operators, f);
        yield new History(history.operator.frozen(f.epoch()), history.stakeFrom);
      }
      case RegistryChange.Exited e -> {
        History history = known(operators, e);
        yield new History(history.operator.exited(e.epoch()), history.stakeFrom);
      }
      case RegistryChange.StakeSet s -> staked(known(operators, s), s.epoch(), s.total());
      case RegistryChange.StakeAdded s -> {
        History history = known(operators, s);
        yield staked(history, s.epoch(), history.operator.stake().plus(s.amount()));
      }
      case RegistryChange.StakeRemoved s -> {
        History history = known(operators, s);
        yield staked(history, s.epoch(), history.operator.stake().minusOrZero(s.amount()));
      }
      case RegistryChange.ValidatorsAdded v ->
          throw new IllegalStateException("claims are not an operator's own: " + v);
    };
  }

  private static History staked(History history, Epoch epoch, Wei stake) {
    TreeMap<Long, Wei> stakeFrom = new TreeMap<>(history.stakeFrom);
    stakeFrom.put(epoch.value(), stake);
    return new History(history.operator.withStake(stake), stakeFrom);
  }
}
