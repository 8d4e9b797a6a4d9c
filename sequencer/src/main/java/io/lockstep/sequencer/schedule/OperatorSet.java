// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operator registry as of some L1 block, readable for any epoch: what counts in an epoch is
 * settled before it begins. Immutable; after an L1 reorg go on from the set of the fork point. Any
 * thread. Source: protocol §1.1.
 */
public final class OperatorSet {
  private static final OperatorSet EMPTY = new OperatorSet(Map.of(), List.of(), Map.of());

  private final Map<Long, Operator> operators;
  private final List<Claim> claims;
  private final Map<Long, Claim> claimOfValidator;

  /** A validator claimed by an operator; the list of claims is in the order of claiming. */
  private record Claim(long validatorIndex, long operatorId, long fromEpoch) {}

  private OperatorSet(
      Map<Long, Operator> operators, List<Claim> claims, Map<Long, Claim> claimOfValidator) {
    this.operators = operators;
    this.claims = claims;
    this.claimOfValidator = claimOfValidator;
  }

  /** The registry before its first event. */
  public static OperatorSet empty() {
    return EMPTY;
  }

  /**
   * This set after {@code changes}, in their order.
   *
   * @throws IllegalArgumentException when they cannot have happened: epochs of claims go back, an
   *     operator or a validator's claim appears twice, or a change names an operator that is not
   *     there
   */
  public OperatorSet with(Collection<RegistryChange> changes) {
    if (changes.isEmpty()) {
      return this;
    }
    Map<Long, Operator> newOperators = new HashMap<>(operators);
    List<Claim> newClaims = new ArrayList<>(claims);
    Map<Long, Claim> newClaimOf = new HashMap<>(claimOfValidator);
    for (RegistryChange change : changes) {
      switch (change) {
        case RegistryChange.Registered r -> {
          if (newOperators.putIfAbsent(r.operatorId(), Operator.registered(r)) != null) {
            throw new IllegalArgumentException("operator " + r.operatorId() + " is registered");
          }
        }
        case RegistryChange.ValidatorsAdded added -> {
          var _ = known(newOperators, added);
          claim(added, newClaims, newClaimOf);
        }
        default -> newOperators.put(change.operatorId(), known(newOperators, change).with(change));
      }
    }
    return new OperatorSet(newOperators, newClaims, newClaimOf);
  }

  private static void claim(
      RegistryChange.ValidatorsAdded added, List<Claim> claims, Map<Long, Claim> claimOf) {
    long epoch = added.fromEpoch().value();
    if (!claims.isEmpty() && claims.getLast().fromEpoch > epoch) {
      throw new IllegalArgumentException(
          "a claim from epoch " + epoch + " after one from epoch " + claims.getLast().fromEpoch);
    }
    for (long index : added.validatorIndices()) {
      Claim claim = new Claim(index, added.operatorId(), epoch);
      if (claimOf.putIfAbsent(index, claim) != null) {
        throw new IllegalArgumentException("validator " + index + " is claimed already");
      }
      claims.add(claim);
    }
  }

  /** The operator with this id, or null. */
  public @Nullable Operator operator(long operatorId) {
    return operators.get(operatorId);
  }

  /** All operators, by ascending id. */
  public List<Operator> operators() {
    return operators.values().stream().sorted((a, b) -> Long.compare(a.id(), b.id())).toList();
  }

  /** The operator that ever signed or will sign as {@code committer}, or null. */
  public @Nullable Operator operatorOfCommitter(Address committer) {
    for (Operator operator : operators.values()) {
      if (operator.keys().stream().anyMatch(keys -> keys.committer().equals(committer))) {
        return operator;
      }
    }
    return null;
  }

  /** Whether an operator counts in an epoch. */
  public boolean isEligible(long operatorId, Epoch at) {
    Operator operator = operators.get(operatorId);
    return operator != null && operator.isEligibleAt(at);
  }

  /** The operator for which a validator counts in an epoch, if that operator is eligible; or 0. */
  long eligibleOperatorOf(long validatorIndex, Epoch at) {
    Claim claim = claimOfValidator.get(validatorIndex);
    return claim != null && claim.fromEpoch <= at.value() && isEligible(claim.operatorId, at)
        ? claim.operatorId
        : 0;
  }

  /** How many validators are registered by the claims that count in an epoch. */
  int validatorCount(Epoch at) {
    // Claims are in order of their epochs: the first that does not count ends the list.
    int low = 0;
    int high = claims.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (claims.get(middle).fromEpoch <= at.value()) {
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

  private static Operator known(Map<Long, Operator> operators, RegistryChange change) {
    Operator operator = operators.get(change.operatorId());
    if (operator == null) {
      throw new IllegalArgumentException("no operator " + change.operatorId() + ": " + change);
    }
    return operator;
  }
}
