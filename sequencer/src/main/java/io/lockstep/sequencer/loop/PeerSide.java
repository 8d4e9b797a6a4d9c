// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.sequencer.follow.Follower;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loop's dealings with peers: frags and seals that are heard. Owner: the sequencing thread. */
final class PeerSide {
  private static final Logger LOG = LoggerFactory.getLogger(PeerSide.class);

  private final Stage stage;

  PeerSide(Stage stage) {
    this.stage = stage;
  }

  void onTicks(Command.Ticks ticks, long nowMs) {
    for (SealMessage seal : ticks.seals()) {
      onSeal(new Command.Seal(seal), nowMs);
    }
    for (FragMessage frag : ticks.frags()) {
      stage.core.follower().keep(frag);
      onFrag(new Command.Frag(frag), nowMs);
    }
    stage.peers.answered(ticks.peerHeadTick());
  }

  void onFrag(Command.Frag command, long nowMs) {
    if (stage.own != null) {
      stage.own.signerSide().saw(command.message().operatorId(), command.message().frag());
      if (stage.own.isSequencing()) {
        return;
      }
    }
    OpenTick before = stage.core.follower().openTick();
    Follower.Outcome outcome = stage.core.follower().onFrag(command.message());
    OpenTick open = stage.core.follower().openTick();
    if (before != null && before != open) {
      stage.core.pools().takeBack(before, open, nowMs);
    }
    switch (outcome) {
      case Follower.Outcome.FragApplied applied -> {
        for (FragMessage.Part part : command.message().parts()) {
          Rollup rollup = stage.cluster.rollup(part.rollupId());
          if (rollup != null) {
            stage.core.pools().included(rollup, part.transactions(), Pools.newestOf(rollup, open));
          }
        }
        if (!applied.transactions().isEmpty()) {
          stage.show(applied.transactions());
          stage.publish(nowMs);
        }
        stage.releases.add(() -> stage.listener.followed(command.message()));
      }
      case Follower.Outcome.Early missing -> {
        Frag early = command.message().frag().object();
        if (!stage.core.ledger().hasFrag(early.tick(), early.fragIdx())) {
          keepEarly(command, missing.firstMissingTick(), nowMs);
        }
      }
      case Follower.Outcome.Refused refused -> LOG.debug("frag refused: {}", refused.why());
      case Follower.Outcome.Old _, Follower.Outcome.SealApplied _ -> {}
    }
  }

  /** Kept so that any node can show it; that it is kept is its signer's matter. */
  void onPromise(Command.Promise command) {
    String fault = stage.core.follower().onPromise(command.message());
    if (fault == null) {
      stage.releases.add(() -> stage.listener.followed(command.message()));
    } else {
      LOG.debug("promise passed over: {}", fault);
    }
  }

  void onSeal(Command.Seal command, long nowMs) {
    SealMessage message = command.message();
    if (stage.own != null) {
      stage.own.signerSide().saw(message.operatorId(), message.seal());
    }
    if (stage.own != null && stage.own.isFinalAgainst(message)) {
      LOG.info("seal of tick {} comes after what was signed finally", message.tick());
      return;
    }
    long heightBefore = stage.cluster.height();
    OpenTick openBefore = stage.core.follower().openTick();
    List<Transaction> before = openTransactions();
    switch (stage.core.follower().onSeal(message)) {
      case Follower.Outcome.SealApplied applied -> {
        if (applied.droppedFrom() != -1) {
          LOG.warn(
              "blocks {} to {} gave way to tick {} of window {}",
              applied.droppedFrom(),
              heightBefore,
              message.tick(),
              message.seal().object().windowSlot());
          stage.unposted.forgetFrom(applied.droppedFrom());
        }
        stage.chainMoved(nowMs);
        for (SealMessage tick : applied.ticks()) {
          followed(tick, before);
        }
        stage.takeBack(applied.displaced(), nowMs);
        if (openBefore != null && !isAmong(openBefore, applied.ticks())) {
          stage.core.pools().takeBack(openBefore, stage.openTick(), nowMs);
        }
        stage.newHeads();
        stage.publish(nowMs);
        for (SealMessage tick : applied.ticks()) {
          stage.releases.add(() -> stage.listener.followed(tick));
        }
        retryEarly(nowMs);
      }
      case Follower.Outcome.Early missing -> keepEarly(command, missing.firstMissingTick(), nowMs);
      case Follower.Outcome.Refused refused ->
          LOG.info("seal of tick {} refused: {}", message.tick(), refused.why());
      case Follower.Outcome.Old _, Follower.Outcome.FragApplied _ -> {}
    }
  }

  /** A tick of somebody is on the chain now. */
  private void followed(SealMessage tick, List<Transaction> shownBefore) {
    stage.noteSeal(tick);
    for (int i = 0; i < tick.blocks().size(); i++) {
      Rollup rollup = stage.cluster.rollups().get(i);
      List<Transaction> included = tick.blocks().get(i).transactions();
      stage.core.pools().included(rollup, included, rollup.chain().headState());
      stage.show(
          included.stream()
              .filter(tx -> !shownBefore.contains(tx))
              .map(Transaction::hash)
              .toList());
    }
  }

  /** Whether the tick that was followed is one of those sealed. */
  private static boolean isAmong(OpenTick open, List<SealMessage> sealed) {
    return sealed.stream()
        .anyMatch(seal ->
            seal.tick() == open.plan().tick() && seal.operatorId() == open.plan().operatorId());
  }

  private List<Transaction> openTransactions() {
    OpenTick open = stage.core.follower().openTick();
    return open == null ? List.of() : List.copyOf(open.blocks().getFirst().transactions());
  }

  private void keepEarly(Command command, long firstMissingTick, long nowMs) {
    stage.peers.keep(command);
    if (firstMissingTick >= 0) {
      stage.peers.missing(firstMissingTick, nowMs);
    }
  }

  /** Tries again what came before what it stands on. */
  void retryEarly(long nowMs) {
    for (Command command : stage.peers.takeEarly()) {
      switch (command) {
        case Command.Frag frag -> onFrag(frag, nowMs);
        case Command.Seal seal -> onSeal(seal, nowMs);
        default -> throw new IllegalStateException("only messages are kept");
      }
    }
  }

  /**
   * Puts sealed ticks that this node holds back on the chain: after a restart, or after a batch
   * gave way.
   */
  void reapplySealed(long nowMs) {
    for (SealMessage seal :
        stage.core.ledger().seals(stage.cluster.headTick() + 1, 1_024, 64 << 20)) {
      onSeal(new Command.Seal(seal), nowMs);
    }
  }
}
