// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.CommitmentCheck;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Held;
import io.lockstep.preconf.commitment.HeldJson;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.preconf.verify.L1Access.Committer;
import io.lockstep.preconf.verify.L1Access.Window;
import io.lockstep.preconf.verify.Verdict.Backed;
import io.lockstep.preconf.verify.Verdict.Broken;
import io.lockstep.preconf.verify.Verdict.Doubt;
import io.lockstep.preconf.verify.Verdict.Forged;
import io.lockstep.preconf.verify.Verdict.Genuine;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Checks commitments and promises of one cluster for whoever holds them (protocol §2.3). L1 is
 * trusted, a source of L2 blocks is not: it can at most hide blocks, or show those of a batch that
 * derives to nothing, which only a node that derives can tell.
 *
 * <p>Not asked: what the windowParent names when it is a seal. Methods block as long as L1 and the
 * source do; any thread.
 */
public final class PreconfVerifier {
  /** Blocks between a batch's last one and the one that is looked for: a batch has at most 512. */
  static final int MAX_HEADERS = 1_024;

  private final CommitmentDomain domain;
  private final Hash32 clusterId;
  private final WindowTime time;
  private final L1Access l1;

  /**
   * A verifier of one cluster.
   *
   * @param domain names the L1 and the cluster's registry
   * @param clusterId names its inbox, {@link CommitmentDomain#clusterId}
   */
  public PreconfVerifier(CommitmentDomain domain, Hash32 clusterId, WindowTime time, L1Access l1) {
    this.domain = domain;
    this.clusterId = clusterId;
    this.time = time;
    this.l1 = l1;
  }

  /**
   * Checks the answer of {@code preconf_getCommitment} or {@code preconf_requestPromise} as {@link
   * #verify(Held)} does. The reader must have refused doubled fields.
   */
  public Verdict verify(JsonNode held) throws IOException {
    try {
      return verify(HeldJson.read(domain, held));
    } catch (DecodeException e) {
      return new Forged(String.valueOf(e.getMessage()));
    }
  }

  /** The same, and what came of it. */
  public Verdict verify(JsonNode held, BlockSource blocks) throws IOException {
    try {
      return verify(HeldJson.read(domain, held), blocks);
    } catch (DecodeException e) {
      return new Forged(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Whether a commitment or a promise is genuine and backed.
   *
   * @return {@link Forged}, {@link Genuine} or {@link Backed}
   * @throws IOException when L1 does not answer
   */
  public Verdict verify(Held held) throws IOException {
    Optional<String> fault = CommitmentCheck.disagreement(domain, clusterId, held);
    if (fault.isPresent()) {
      return new Forged(fault.get());
    }
    SignedObject object = held.signed().object();
    Optional<Committer> found = l1.committer(held.committer(), object.windowSlot());
    if (found.isEmpty()) {
      return new Forged("the signer " + held.committer() + " is not a registered committer");
    }
    Committer operator = found.get();
    Genuine doubt = standing(held, operator);
    if (doubt != null && !doubt.doubt().leavesOpen()) {
      return doubt;
    }
    Genuine other = ownership(held, operator);
    if (other != null && (doubt == null || !other.doubt().leavesOpen())) {
      doubt = other;
    }
    if (doubt != null) {
      return doubt;
    }
    Ctx ctx = held.signed().ctx();
    if (ctx.isProvisional()) {
      return new Genuine(Doubt.PROVISIONAL, "it binds to nothing");
    }
    if ((ctx.flags() & Ctx.L1COND) != 0) {
      return new Genuine(Doubt.CONDITIONAL, "it holds only if an L1 transaction of its tick lands");
    }
    return l1.hasOpenBlock(object.windowSlot(), ctx.anchorNumber())
        ? new Genuine(Doubt.OPEN_BLOCK, "an open block landed in its window, which voids it")
        : new Backed(operator.operatorId(), operator.stakeWei());
  }

  /**
   * The same, and whether it was kept.
   *
   * @param blocks of the rollup that it names
   * @return any verdict; {@link Genuine} also when something else was posted but nothing stood
   *     behind it
   * @throws IOException when L1 does not answer; a source that does not is {@link Unknown}
   */
  public Verdict verify(Held held, BlockSource blocks) throws IOException {
    Verdict standing = verify(held);
    boolean open =
        standing instanceof Backed
            || (standing instanceof Genuine genuine && genuine.doubt().leavesOpen());
    if (!open) {
      return standing;
    }
    Verdict outcome = outcome(held, blocks);
    return outcome instanceof Broken broken && standing instanceof Genuine genuine
        ? new Genuine(
            genuine.doubt(), genuine.detail() + "; not kept: " + broken.evidence().difference())
        : outcome;
  }

  private @Nullable Genuine standing(Held held, Committer operator) throws IOException {
    String name = "operator " + operator.operatorId();
    if (operator.frozen()) {
      return new Genuine(Doubt.FROZEN, name + " is frozen");
    }
    if (operator.stakeWei().isZero()) {
      return new Genuine(Doubt.NO_STAKE, name + " has no stake");
    }
    if (exposure(held).compareTo(operator.stakeWei()) > 0) {
      return new Genuine(Doubt.OVEREXPOSED, name + " stands for more than it has locked");
    }
    Ctx ctx = held.signed().ctx();
    Optional<Hash32> anchor = l1.blockHash(ctx.anchorNumber());
    if (anchor.isEmpty()) {
      return new Genuine(
          Doubt.ANCHOR_UNKNOWN,
          "its anchor, L1 block " + ctx.anchorNumber() + ", is not there yet");
    }
    return anchor.get().equals(ctx.anchorHash())
        ? null
        : new Genuine(
            Doubt.ANCHOR_GONE,
            "its anchor, L1 block " + ctx.anchorNumber() + ", is no longer canonical");
  }

  /** What the signer says that it stands for, as far as this shows it. */
  private static UInt256 exposure(Held held) {
    return switch (held) {
      case Commitment commitment -> {
        Commitment.SealProof seal = commitment.seal();
        yield seal == null ? UInt256.ZERO : seal.signed().object().cumExposureWei();
      }
      case HeldPromise promise -> promise.signed().object().coverageWei();
    };
  }

  private @Nullable Genuine ownership(Held held, Committer operator) throws IOException {
    SignedObject object = held.signed().object();
    long tick =
        switch (held) {
          case Commitment commitment -> commitment.signed().object().tick();
          case HeldPromise promise -> promise.signed().object().deadlineTick();
        };
    long slot = tick < WindowTime.END_OF_TICKS ? time.slotOf(tick) : Long.MAX_VALUE;
    if (slot >= WindowTime.END_OF_TICKS) {
      return new Genuine(Doubt.WRONG_WINDOW, "no window gets so far");
    }
    Optional<Window> found = l1.window(slot);
    if (found.isEmpty()) {
      return new Genuine(
          Doubt.WINDOW_UNKNOWN, "the oracle does not know whose window " + slot + " lies in");
    }
    Window window = found.get();
    if (window.windowSlot() != object.windowSlot()) {
      return new Genuine(
          Doubt.WRONG_WINDOW,
          "slot "
              + slot
              + " lies in window "
              + window.windowSlot()
              + ", not "
              + object.windowSlot());
    }
    if (window.operatorId() != operator.operatorId()) {
      return new Genuine(
          Doubt.NOT_THE_OWNER,
          "window %d is operator %d's, not operator %d's"
              .formatted(window.windowSlot(), window.operatorId(), operator.operatorId()));
    }
    if (!operator.windowCommitter().equals(held.committer())) {
      return new Genuine(
          Doubt.NOT_THE_OWNER,
          "the committer in window " + window.windowSlot() + " is " + operator.windowCommitter());
    }
    boolean marked = (held.signed().ctx().flags() & Ctx.FALLBACK) != 0;
    return marked == window.fallback()
        ? null
        : new Genuine(
            Doubt.WRONG_WINDOW,
            "window " + window.windowSlot() + " is a fallback's: " + window.fallback());
  }

  private Verdict outcome(Held held, BlockSource blocks) throws IOException {
    PostedSearch search = new PostedSearch(held, blocks);
    // A tick is posted after its anchor.
    l1.postings(held.signed().ctx().anchorNumber(), search);
    return search.verdict();
  }
}
