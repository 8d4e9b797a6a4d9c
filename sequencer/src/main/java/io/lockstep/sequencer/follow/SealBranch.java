// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.follow;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.head.L1View;
import io.lockstep.sequencer.tick.HeaderExtra;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sealed ticks, oldest first, whose parent is on our chain; and whether they go before the sealed
 * ticks that we have there (protocol §1.4, §2.7). Owner: the sequencing thread.
 *
 * @param forkHeight height of the block they stand on
 */
record SealBranch(long forkHeight, List<SealMessage> ticks) {
  /** Longer detours are left to derivation. */
  private static final int MAX_TICKS = 256;

  SealBranch {
    ticks = List.copyOf(ticks);
  }

  /** The branch that ends with {@code tip}; null when a tick below it is missing here. */
  static @Nullable SealBranch to(SealMessage tip, Cluster cluster, CommitmentLedger ledger) {
    List<SealMessage> path = new ArrayList<>();
    SealMessage at = tip;
    while (at != null && path.size() < MAX_TICKS) {
      path.addFirst(at);
      long parentHeight = number(at) - 1;
      if (parentHeight < cluster.safeHeight()) {
        return null;
      }
      if (parentsAreHere(at, parentHeight, cluster)) {
        return new SealBranch(parentHeight, path);
      }
      SealMessage below = ledger.sealOfBlock(at.blocks().getFirst().leaf().parentHash());
      at = below != null && number(below) == parentHeight ? below : null;
    }
    return null;
  }

  static long number(SealMessage seal) {
    return seal.blocks().getFirst().leaf().number();
  }

  /**
   * Whether it goes before what we have above the fork. Nothing there: yes. An earlier window's
   * ticks go first, for they may still be posted first, unless somebody signed finally that this
   * cannot be any more; then those that the final signature stands on go first.
   */
  boolean isPreferred(Cluster cluster, CommitmentLedger ledger, L1View l1) {
    if (forkHeight == cluster.height()) {
      return true;
    }
    List<SealMessage> ours = ours(cluster, ledger);
    if (ours.isEmpty()) {
      return true;
    }
    Ctx ourCtx = ours.getFirst().seal().ctx();
    if (!l1.isCanonical(ourCtx.anchorNumber(), ourCtx.anchorHash())) {
      return true;
    }
    long ourWindow = windowSlot(ours.getFirst());
    long theirWindow = windowSlot(ticks.getFirst());
    if (theirWindow < ourWindow) {
      return !hasFinal(ours);
    }
    return theirWindow > ourWindow && hasFinal(ticks);
  }

  /** The sealed ticks of our chain above the fork, oldest first. */
  List<SealMessage> ours(Cluster cluster, CommitmentLedger ledger) {
    List<SealMessage> out = new ArrayList<>();
    for (long height = forkHeight + 1; height <= cluster.height(); height++) {
      BlockHeader header = cluster.first().chain().canonicalHeader(height);
      SealMessage seal = header == null ? null : ledger.seal(HeaderExtra.of(header).tick());
      if (seal == null) {
        break;
      }
      out.add(seal);
    }
    return out;
  }

  /** Window of the unposted tick that the branch stands on, or -1. */
  long windowBelow(Cluster cluster, CommitmentLedger ledger) {
    BlockHeader header = cluster.first().chain().canonicalHeader(forkHeight);
    SealMessage seal =
        header == null || forkHeight <= cluster.safeHeight()
            ? null
            : ledger.seal(HeaderExtra.of(header).tick());
    return seal == null ? -1 : windowSlot(seal);
  }

  static long windowSlot(SealMessage seal) {
    return seal.seal().object().windowSlot();
  }

  private static boolean hasFinal(List<SealMessage> seals) {
    return seals.stream().anyMatch(seal -> !seal.seal().ctx().isProvisional());
  }

  private static boolean parentsAreHere(SealMessage seal, long parentHeight, Cluster cluster) {
    for (int i = 0; i < seal.blocks().size(); i++) {
      Hash32 here = cluster.rollups().get(i).chain().canonicalHash(parentHeight);
      if (!seal.blocks().get(i).leaf().parentHash().equals(here)) {
        return false;
      }
    }
    return true;
  }
}
