// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.gossip.Topics;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One operator of a run may lie: tell some peers one thing and others another, or keep from some
 * what it tells others. Nothing is expected of its promises then; everything of everybody else's.
 * One thread.
 */
final class Liar {
  private final SplittableRandom random;
  private final CommitmentDomain domain;
  private final List<SimNode> operators;
  private final Invariants invariants;
  private final Story story;
  private final SplittableRandom poisonRandom;
  private @Nullable SimNode who;
  private @Nullable Poison poison;
  private boolean equivocates;
  private boolean withholds;

  Liar(
      SplittableRandom random,
      SplittableRandom poisonRandom,
      CommitmentDomain domain,
      List<SimNode> operators,
      Invariants invariants,
      Story story) {
    this.random = random;
    this.poisonRandom = poisonRandom;
    this.domain = domain;
    this.operators = operators;
    this.invariants = invariants;
    this.story = story;
  }

  private SimNode choose() {
    SimNode liar = who;
    if (liar == null) {
      liar = operators.get(random.nextInt(operators.size()));
      who = liar;
      invariants.lies(liar.index() + 1);
    }
    return liar;
  }

  boolean equivocate() {
    equivocates = true;
    story.tell("FAULT", choose().name() + " tells some peers something else");
    return true;
  }

  /** Its postings are garbage from now on. */
  boolean poison() {
    SimNode liar = choose();
    if (poison == null) {
      poison = new Poison(poisonRandom, Objects.requireNonNull(liar.keys()));
    }
    liar.trouble().poison = poison;
    story.tell("FAULT", liar.name() + " posts garbage");
    return true;
  }

  /** Whether a batch on L1 is a poisoned one. */
  boolean hasPoisoned(Bytes callData, List<Hash32> blobHashes) {
    return poison != null && poison.made(callData, blobHashes);
  }

  boolean withhold() {
    withholds = true;
    story.tell("FAULT", choose().name() + " does not tell everybody");
    return true;
  }

  void end() {
    equivocates = false;
    withholds = false;
    if (who != null) {
      who.trouble().poison = null;
    }
  }

  /** What {@code from} sends to {@code to} of its own accord instead, or null for nothing. */
  @Nullable Bytes told(int from, int to, byte topic, Bytes payload) {
    SimNode liar = who;
    if (liar == null || liar.index() != from || (topic != Topics.FRAG && topic != Topics.SEAL)) {
      return payload;
    }
    if (withholds && random.nextInt(4) != 0) {
      return null;
    }
    return equivocates && to % 2 == 0 ? other(liar, topic, payload) : payload;
  }

  /** A statement for the same place that contradicts {@code payload}. */
  private Bytes other(SimNode liar, byte topic, Bytes payload) {
    var keys = liar.keys();
    if (keys == null) {
      throw new IllegalStateException("only operators lie");
    }
    try {
      return topic == Topics.FRAG
          ? other(FragMessage.decode(payload), keys.committer())
          : other(SealMessage.decode(payload), keys.committer());
    } catch (DecodeException e) {
      throw new IllegalStateException("a node released what cannot be read", e);
    }
  }

  /** The same frag without its transactions. */
  private Bytes other(FragMessage message, SecretKey key) {
    Frag said = message.frag().object();
    Frag empty =
        new Frag(
            said.clusterId(),
            said.windowSlot(),
            said.tick(),
            said.fragIdx(),
            said.prevFragHash(),
            said.ctxHash(),
            Hash32.ZERO,
            said.sentAtMs());
    return new FragMessage(
            new Signed<>(empty, message.frag().ctx(), Secp256k1.sign(domain.digest(empty), key)),
            message.operatorId(),
            List.of())
        .encoded();
  }

  /** The same blocks under another exposure. */
  private Bytes other(SealMessage message, SecretKey key) {
    Seal said = message.seal().object();
    Seal changed =
        new Seal(
            said.clusterId(),
            said.windowSlot(),
            said.tick(),
            said.blocksRoot(),
            said.ctxHash(),
            said.cumExposureWei().add(UInt256.of(1)),
            said.l1CallsHash(),
            said.eop(),
            said.sealedAtMs());
    return new SealMessage(
            new Signed<>(
                changed, message.seal().ctx(), Secp256k1.sign(domain.digest(changed), key)),
            message.operatorId(),
            message.blocks())
        .encoded();
  }
}
