// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.duties;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconHeader;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.l1client.beacon.ProposerDuties;
import io.lockstep.l1client.beacon.StateLookahead;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.SlotClock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds proposer duties against the {@code proposer_lookahead} of the head's state (EIP-7917). The
 * vector begins with the epoch of that state: after slots without a block at an epoch's edge the
 * next epoch's duties are not in it yet. Owned by the duty tracker's thread.
 */
final class LookaheadCheck {
  /** What became of one epoch's duties. */
  sealed interface Verdict {
    record Agrees() implements Verdict {}

    /** Nobody serves the state, or it does not reach the epoch. */
    record Unknown() implements Verdict {}

    record Differs(String why) implements Verdict {}
  }

  private static final Verdict AGREES = new Verdict.Agrees();
  private static final Verdict UNKNOWN = new Verdict.Unknown();

  private final BeaconClient beacon;
  private final SlotClock clock;

  LookaheadCheck(BeaconClient beacon, SlotClock clock) {
    this.beacon = beacon;
    this.clock = clock;
  }

  /** A verdict for each epoch of {@code duties}. */
  Map<Epoch, Verdict> check(Collection<ProposerDuties> duties) {
    Map<Epoch, Verdict> verdicts = new HashMap<>();
    duties.forEach(one -> verdicts.put(one.epoch(), UNKNOWN));
    BeaconHeader head;
    try {
      head = beacon.header(BlockId.HEAD);
    } catch (L1Exception e) {
      return verdicts; // the duties themselves will tell that the beacon node is away
    }
    if (head == null) {
      return verdicts;
    }
    Epoch stateEpoch = clock.epochOf(head.slot());
    for (StateLookahead view : beacon.lookaheads(head.stateRoot())) {
      for (ProposerDuties one : duties) {
        Verdict said = compare(stateEpoch, view, one);
        verdicts.merge(one.epoch(), said, LookaheadCheck::worse);
      }
    }
    return verdicts;
  }

  private static Verdict worse(Verdict one, Verdict other) {
    return one instanceof Verdict.Differs || other instanceof Verdict.Unknown ? one : other;
  }

  private Verdict compare(Epoch stateEpoch, StateLookahead view, ProposerDuties duties) {
    long offset = (duties.epoch().value() - stateEpoch.value()) * clock.slotsPerEpoch();
    List<Long> proposers = view.validatorIndices();
    if (offset < 0 || offset + clock.slotsPerEpoch() > proposers.size()) {
      return UNKNOWN;
    }
    long first = duties.epoch().value() * clock.slotsPerEpoch();
    for (ProposerDuties.Duty duty : duties.duties()) {
      long inState = proposers.get((int) (offset + duty.slot().value() - first));
      if (inState != duty.validatorIndex()) {
        return new Verdict.Differs(
            "slot %s is validator %d's by the duties and %d's by the state that %s has"
                .formatted(duty.slot(), duty.validatorIndex(), inState, view.endpoint()));
      }
    }
    return AGREES;
  }
}
