// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.Carried;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.CarriedSeal;
import io.lockstep.sequencer.batch.TableEntry;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a batch without executing it (protocol §1.7, right column). Each method
 * answers with the first fault, or null. Pure.
 */
final class BatchCheck {
  private final CommitmentDomain domain;
  private final Hash32 clusterId;
  private final IntFunction<@Nullable Address> committerOf;
  private final DerivationRules rules;

  /**
   * @param committerOf committer address of a registered operator, null for an unknown id
   */
  BatchCheck(
      CommitmentDomain domain,
      Hash32 clusterId,
      DerivationRules rules,
      IntFunction<@Nullable Address> committerOf) {
    this.domain = domain;
    this.clusterId = clusterId;
    this.rules = rules;
    this.committerOf = committerOf;
  }

  @Nullable String fault(L1Block at, FetchedBatch.Content.Decoded content, List<Long> rollupIds) {
    String fault = shapeFault(content.call(), content.blobs(), rollupIds);
    if (fault == null) fault = rangeFault(at, content.call(), content.blobs());
    if (fault == null) fault = anchorFault(content);
    return fault == null ? sealFault(content.call(), content.blobs()) : fault;
  }

  /** Who sequenced {@code tick}: a carried window's operator, or the poster. */
  static int operatorOf(Batch call, int poster, long tick) {
    for (Carried carried : call.carried()) {
      if (tick >= carried.firstTick() && tick <= carried.lastTick()) {
        return carried.operatorId();
      }
    }
    return poster;
  }

  private static @Nullable String shapeFault(
      Batch call, BatchContents blobs, List<Long> rollupIds) {
    if (!call.headersRoot().equals(blobs.headersRoot())) {
      return "the header table does not lead to headersRoot";
    }
    if (blobs.segments().size() != rollupIds.size() || call.rollups().size() != rollupIds.size()) {
      return "segments of "
          + blobs.segments().size()
          + " rollups, the cluster has "
          + rollupIds.size();
    }
    for (int i = 0; i < rollupIds.size(); i++) {
      RollupPart part = call.rollups().get(i);
      if (blobs.segments().get(i).rollupId() != rollupIds.get(i)
          || part.rollupId() != rollupIds.get(i)) {
        return "segment " + i + " is not of rollup " + rollupIds.get(i);
      }
      TableEntry last = blobs.table().get(blobs.table().size() - rollupIds.size() + i);
      if (!last.blockHash().equals(part.lastBlockHash())) {
        return "the last block of rollup " + part.rollupId() + " is not the declared one";
      }
    }
    return null;
  }

  private @Nullable String rangeFault(L1Block at, Batch call, BatchContents blobs) {
    long windowBefore = -1;
    long tickBefore = -1;
    for (Carried carried : call.carried()) {
      if (carried.windowSlot().value() <= windowBefore
          || carried.windowSlot().value() >= call.windowSlot().value()
          || carried.firstTick() <= tickBefore
          || carried.lastTick() < carried.firstTick()) {
        return "carried ranges are not ascending and before the own window";
      }
      windowBefore = carried.windowSlot().value();
      tickBefore = carried.lastTick();
    }
    boolean ownTicks = call.firstTick() <= call.lastTick();
    if (ownTicks && call.firstTick() <= tickBefore) {
      return "own ticks do not follow the carried ones";
    }
    for (TableEntry entry : blobs.table()) {
      long tick = entry.tick();
      boolean own = ownTicks && tick >= call.firstTick() && tick <= call.lastTick();
      boolean carried =
          call.carried().stream()
              .anyMatch(range -> tick >= range.firstTick() && tick <= range.lastTick());
      if (!own && !carried) {
        return "tick " + tick + " is in no declared range";
      }
    }
    if (ownTicks && rules.timestampOf(call.lastTick()) > at.timestampSeconds()) {
      return "tick " + call.lastTick() + " is later than the L1 block that holds it";
    }
    return null;
  }

  private @Nullable String anchorFault(FetchedBatch.Content.Decoded content) {
    long before = 0;
    Map<Long, L1Block> anchors = content.anchors();
    for (BlockData block : content.blobs().segments().getFirst().blocks()) {
      L1Block anchor = anchors.get(block.anchorNumber());
      if (anchor == null || !anchor.hash().equals(block.anchorHash())) {
        return "anchor " + block.anchorNumber() + " of tick " + block.tick() + " is not canonical";
      }
      if (block.anchorNumber() < before) {
        return "anchor " + block.anchorNumber() + " goes back, " + before + " was used before";
      }
      if (!rules.isOldEnough(anchor, block.tick())) {
        return "anchor " + block.anchorNumber() + " is too young for tick " + block.tick();
      }
      before = block.anchorNumber();
    }
    for (var segment : content.blobs().segments()) {
      for (int i = 0; i < segment.blocks().size(); i++) {
        BlockData first = content.blobs().segments().getFirst().blocks().get(i);
        BlockData other = segment.blocks().get(i);
        if (other.anchorNumber() != first.anchorNumber()
            || !other.anchorHash().equals(first.anchorHash())) {
          return "two anchors in tick " + first.tick();
        }
      }
    }
    return null;
  }

  private @Nullable String sealFault(Batch call, BatchContents blobs) {
    for (Carried carried : call.carried()) {
      CarriedSeal seal = null;
      for (CarriedSeal candidate : blobs.seals()) {
        if (candidate.windowSlot() == carried.windowSlot().value()
            && candidate.operatorId() == carried.operatorId()) {
          seal = candidate;
        }
      }
      if (seal == null) {
        return "no seal for carried window " + carried.windowSlot();
      }
      String fault = runFault(carried, seal, blobs);
      if (fault != null) {
        return "carried window " + carried.windowSlot() + ": " + fault;
      }
    }
    return null;
  }

  private @Nullable String runFault(Carried carried, CarriedSeal carriedSeal, BatchContents blobs) {
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
    Address committer = committerOf.apply(carried.operatorId());
    if (committer == null || !committer.equals(domain.signer(run.seal()))) {
      return "the seal is not signed by operator " + carried.operatorId();
    }
    List<TableEntry> lastBlocks =
        blobs.table().stream().filter(entry -> entry.tick() == carried.lastTick()).toList();
    return run.covers(lastBlocks) ? null : "the seal does not cover the run's last blocks";
  }
}
