// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.contract.Carried;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.CarriedSeal;
import io.lockstep.sequencer.batch.TableEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether what a batch carries was sealed by those whose windows it was (protocol §1.4): the seal
 * of a run's last tick, by the committer that the inbox logged. Parent hashes tie the run's earlier
 * ticks to it. Pure.
 */
final class SealCheck {
  private final CommitmentDomain domain;
  private final Hash32 clusterId;

  SealCheck(CommitmentDomain domain, Hash32 clusterId) {
    this.domain = domain;
    this.clusterId = clusterId;
  }

  @Nullable String fault(FetchedBatch.Decoded batch) {
    List<Carried> carried = batch.call().carried();
    List<Address> committers = batch.event().committers();
    if (committers.size() != carried.size()) {
      return committers.size() + " committers of " + carried.size() + " carried ranges";
    }
    for (int i = 0; i < carried.size(); i++) {
      String fault = fault(carried.get(i), committers.get(i), batch.blobs());
      if (fault != null) {
        return "carried window " + carried.get(i).windowSlot() + ": " + fault;
      }
    }
    return null;
  }

  private @Nullable String fault(Carried carried, Address committer, BatchContents blobs) {
    CarriedSeal carriedSeal = sealOf(carried, blobs);
    if (carriedSeal == null) {
      return "its seal is missing";
    }
    CarriedSealCodec.CarriedRun run;
    try {
      run = CarriedSealCodec.decode(carriedSeal.signedSeal());
    } catch (DecodeException e) {
      return "unreadable seal: " + e.getMessage();
    }
    Seal seal = run.seal().object();
    if (!seal.clusterId().equals(clusterId)
        || seal.windowSlot() != carried.windowSlot().value()
        || seal.tick() != carried.lastTick()) {
      return "the seal is of another cluster, window or tick";
    }
    if (!committer.equals(domain.signer(run.seal()))) {
      return "the seal is not signed by operator " + carried.operatorId();
    }
    List<TableEntry> lastBlocks =
        blobs.table().stream().filter(entry -> entry.tick() == carried.lastTick()).toList();
    return run.covers(lastBlocks) ? null : "the seal does not cover the run's last blocks";
  }

  private static @Nullable CarriedSeal sealOf(Carried carried, BatchContents blobs) {
    for (CarriedSeal seal : blobs.seals()) {
      if (seal.windowSlot() == carried.windowSlot().value()
          && seal.operatorId() == carried.operatorId()) {
        return seal;
      }
    }
    return null;
  }
}
