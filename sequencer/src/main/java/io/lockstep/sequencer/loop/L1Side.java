// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.derive.Derivation;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.derive.FetchedBatch;
import io.lockstep.sequencer.derive.L1Update;
import io.lockstep.sequencer.tick.BlockBody;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.SystemTransaction;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop's dealings with L1: derivation, and what a reorg undoes. Owner: the sequencing thread.
 */
final class L1Side {
  private static final Logger LOG = LoggerFactory.getLogger(L1Side.class);

  private static final long NOT_REWOUND = Long.MAX_VALUE;

  private final Stage stage;
  private final PeerSide peerSide;

  L1Side(Stage stage, PeerSide peerSide) {
    this.stage = stage;
    this.peerSide = peerSide;
  }

  void onUpdate(L1Update update, long nowMs) {
    stage.touch();
    switch (update) {
      case L1Update.Block block -> onL1Block(block, nowMs);
      case L1Update.Declared early -> stage.postedHead.declared(early.batches());
      case L1Update.Rewind rewind -> onL1Rewind(rewind.number(), nowMs);
      case L1Update.Again again -> forgetEventsAbove(again.number());
      case L1Update.Finalized done -> stage.core.derivation().finalizeUpTo(done.number());
      case L1Update.CaughtUp _ -> {
        stage.caughtUp = true;
        if (stage.own != null) {
          stage.own.signerSide().caughtUp(nowMs);
        }
        LOG.info("caught up with L1, safe block {}", stage.cluster.safeHeight());
        // What was sealed before a stop may stand on blocks that a reorg undid meanwhile.
        var _ = dropDead(NOT_REWOUND, nowMs);
        dropLostOpenBlocks(nowMs);
        stage.unpostedSeals().forEach(stage::noteSeal);
        peerSide.reapplySealed(nowMs);
        stage.peers.begin(stage.cluster.headTick(), nowMs);
      }
      case L1Update.Unreachable away -> {
        stage.l1Trouble = away.why();
        LOG.warn("L1 is away: {}", away.why());
      }
    }
  }

  private void onL1Block(L1Update.Block update, long nowMs) {
    stage.l1Trouble = null;
    stage.postedHead.forget();
    boolean isNew = !stage.core.l1().isCanonical(update.block().number(), update.block().hash());
    Slot before = new Slot(Math.max(0, stage.core.l1().headSlot()));
    stage.core.l1().add(update.block());
    stage
        .core
        .turns()
        .extended(before, stage.core.l1().clock().slotAt(update.block().timestampSeconds()));
    stage.core.derivation().take(update.block(), update.inbound());
    if (stage.caughtUp) {
      if (isNew) {
        stage.clockWatch.saw(update.block(), nowMs);
      }
      var _ = dropDead(NOT_REWOUND, nowMs);
    }
    stage.core.turns().registry(update.block().number(), update.registry());
    for (FetchedBatch batch : update.batches()) {
      DerivationLog.Entry last = stage.core.derivationLog().last();
      if (last == null || batch.event().batchIndex() > last.batchIndex()) {
        derive(update, batch, nowMs);
      }
    }
    if (stage.own != null) {
      stage.own.poster().derivedUpTo(update.block().number());
    }
    if (stage.caughtUp) {
      if (update.block().number() >= stage.core.l1().highestSeen()) {
        dropLostOpenBlocks(nowMs);
      }
      peerSide.retryEarly(nowMs);
    }
  }

  private void derive(L1Update.Block update, FetchedBatch batch, long nowMs) {
    Hash32 headBefore = stage.cluster.first().chain().headHash();
    long heightBefore = stage.cluster.height();
    List<Long> unpostedBefore = stage.unpostedTicks();
    if (batch instanceof FetchedBatch.Decoded readable) {
      stage.core.watch().posted(readable);
    }
    Derivation.Outcome outcome = stage.core.derivation().apply(update.block(), batch);
    long replacedFrom =
        switch (outcome) {
          case Derivation.Outcome.Derived derived -> {
            if (stage.own != null) {
              stage.own.signerSide().sawPosted(batch);
            }
            LOG.info(
                "batch {} of operator {} makes block {} safe",
                batch.event().batchIndex(),
                batch.event().operatorId(),
                derived.height());
            yield derived.replacedFrom();
          }
          case Derivation.Outcome.Skipped skipped -> {
            stage.core.watch().derivedToNothing(batch.event(), skipped.why());
            LOG.warn(
                "batch {} of operator {} derives to nothing: {}",
                batch.event().batchIndex(),
                batch.event().operatorId(),
                skipped.why());
            yield skipped.replacedFrom();
          }
        };
    boolean moved = !headBefore.equals(stage.cluster.first().chain().headHash());
    if (moved) {
      stage.chainMoved(nowMs);
      forgetFollowed(nowMs);
      askForSeals(replacedFrom == -1 ? heightBefore + 1 : replacedFrom, nowMs);
      peerSide.reapplySealed(nowMs);
    }
    if (replacedFrom != -1) {
      stage.unposted.forgetFrom(replacedFrom);
      List<SealMessage> gone =
          stage.sealsOf(unpostedBefore).stream()
              .filter(seal -> !stage.core.follower().isOnChain(seal))
              .toList();
      List<SealMessage> broken =
          gone.stream().filter(seal -> !seal.seal().ctx().isProvisional()).toList();
      if (!broken.isEmpty()) {
        stage.promiseMismatch();
        LOG.error(
            "not kept: final seals of ticks {} to {} of operator {} gave way to what L1 says",
            broken.getFirst().tick(),
            broken.getLast().tick(),
            broken.getLast().operatorId());
      }
      LOG.warn("unsafe blocks from {} gave way to what L1 says", replacedFrom);
      stage.takeBack(gone, nowMs);
    }
    stage.newHeads();
  }

  /** L1 has put blocks from this height on the chain that no peer had told of. */
  private void askForSeals(long fromHeight, long nowMs) {
    BlockHeader header = stage.cluster.first().chain().canonicalHeader(fromHeight);
    if (stage.caughtUp && header != null) {
      stage.peers.derivedFirst(HeaderExtra.of(header).tick(), nowMs);
    }
  }

  private void onL1Rewind(long number, long nowMs) {
    LOG.warn("L1 reorg: back to block {}", number);
    stage.core.l1().rewindTo(number);
    forgetEventsAbove(number);
    // At the start the number is where a kept batch stands, far below what L1 has replaced: which
    // anchors are gone is known when L1 has been read up to its head.
    if (!dropDead(stage.caughtUp ? number : NOT_REWOUND, nowMs)
        && stage.own != null
        && stage.own.hasDeadAnchor()) {
      stage.chainMoved(nowMs);
    }
    stage.newHeads();
  }

  /** What was read of the blocks above this one is as if it had not happened yet. */
  private void forgetEventsAbove(long number) {
    stage.postedHead.forget();
    stage.core.turns().rewindTo(number);
    stage.core.derivation().rewindTo(number);
    if (stage.own != null) {
      stage.own.poster().derivedUpTo(number);
    }
  }

  /**
   * Drops the unsafe blocks whose anchors L1 has replaced; tells whether there were any.
   *
   * @param rewoundTo L1 blocks above it, on which we stood, are known to be gone
   */
  private boolean dropDead(long rewoundTo, long nowMs) {
    long lowestDead = -1;
    for (long height = stage.cluster.height(); height > stage.cluster.safeHeight(); height--) {
      SystemTransaction.AnchorRef anchor = stage.cluster.anchorAt(height);
      if (stage.core.l1().isCanonical(anchor.number(), anchor.hash())) {
        break;
      }
      if (anchor.number() > rewoundTo || stage.core.l1().isGone(anchor.number(), anchor.hash())) {
        lowestDead = height;
      }
    }
    if (lowestDead == -1) {
      return false;
    }
    LOG.warn("blocks from {} stand on L1 blocks that are gone", lowestDead);
    drop(lowestDead, nowMs);
    return true;
  }

  /**
   * An open block stands by its batch alone: nobody signed it, so nobody could carry it. When L1,
   * read as far as before, does not have the batch any more, no posting could have what stands on
   * the block either.
   */
  private void dropLostOpenBlocks(long nowMs) {
    for (long height = stage.cluster.safeHeight() + 1; height <= stage.cluster.height(); height++) {
      BlockHeader header = stage.cluster.first().chain().canonicalHeader(height);
      if (header != null && HeaderExtra.of(header).operatorId() == 0) {
        LOG.warn("open block {} is not on L1 any more", height);
        drop(height, nowMs);
        return;
      }
    }
  }

  private void drop(long fromHeight, long nowMs) {
    List<Dropped> dropped = blocksFrom(fromHeight);
    stage.cluster.rewindTo(fromHeight - 1);
    stage.unposted.forgetFrom(fromHeight);
    forgetFollowed(nowMs);
    stage.chainMoved(nowMs);
    for (Dropped one : dropped) {
      stage
          .core
          .pools()
          .takeBack(one.rollup, one.transactions, one.rollup.chain().headState(), nowMs);
    }
    stage.newHeads();
  }

  /** The heads have moved under the followed tick: its transactions wait again. */
  private void forgetFollowed(long nowMs) {
    OpenTick followed = stage.core.follower().openTick();
    stage.core.follower().reset();
    if (followed != null) {
      stage.core.pools().takeBack(followed, stage.openTick(), nowMs);
    }
  }

  private record Dropped(Rollup rollup, List<Transaction> transactions) {}

  private List<Dropped> blocksFrom(long height) {
    List<Dropped> out = new ArrayList<>();
    for (Rollup rollup : stage.cluster.rollups()) {
      for (long h = height; h <= stage.cluster.height(); h++) {
        out.add(new Dropped(rollup, BlockBody.of(Stage.block(rollup, h))));
      }
    }
    return out;
  }
}
