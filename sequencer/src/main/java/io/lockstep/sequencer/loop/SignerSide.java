// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.Carried;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.signing.DeadCheck;
import io.lockstep.preconf.signing.SigningVerdict;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.derive.FetchedBatch;
import io.lockstep.sequencer.head.NodeStatus.State;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.window.WindowClock;
import org.jspecify.annotations.Nullable;

/**
 * What the signer has to be told of the world, and what it says to it: signatures of its key that
 * are heard or posted, the passing of time, seals that no longer bind (protocol §7). Owner: the
 * sequencing thread.
 */
final class SignerSide implements DeadCheck {
  private final Core core;
  private final int operatorId;
  private final CommitmentSigner signer;
  private final WindowClock clock;

  SignerSide(Core core, int operatorId, CommitmentSigner signer) {
    this.core = core;
    this.operatorId = operatorId;
    this.signer = signer;
    this.clock = core.turns().clock();
  }

  /** Number of the L1 block on which the newest recorded signature stands, or -1. */
  long newestAnchor() {
    return signer.newestAnchor();
  }

  /** L1 is known: listening for another signer with this key begins. */
  void caughtUp(long nowMs) {
    long epochSeconds = clock.slots().slotSeconds() * clock.slots().slotsPerEpoch();
    signer.caughtUp(nowMs, epochSeconds * 1000);
  }

  /** A frag or seal that was heard, said to be of {@code signedBy}. */
  void saw(int signedBy, Signed<? extends SignedObject> signed) {
    if (signedBy == operatorId) {
      signer.saw(signed);
    }
  }

  /** A batch that was derived: own ticks in it must be ones that this signer knows of. */
  void sawPosted(FetchedBatch batch) {
    if (batch instanceof FetchedBatch.Decoded readable) {
      Batch call = readable.call();
      if (isOurs(batch.event().operatorId(), call.windowSlot())
          && call.firstTick() <= call.lastTick()) {
        signer.sawPosted(call.windowSlot().value(), call.firstTick(), call.lastTick());
      }
      for (Carried carried : call.carried()) {
        if (isOurs(carried.operatorId(), carried.windowSlot())) {
          signer.sawPosted(carried.windowSlot().value(), carried.firstTick(), carried.lastTick());
        }
      }
    }
  }

  /** After a rotation the operator's windows of other epochs are for another key. */
  private boolean isOurs(int ownerId, Slot windowSlot) {
    return ownerId == operatorId
        && signer.committer().equals(core.turns().committer(operatorId, windowSlot));
  }

  /** A restored signing database signs nothing in the window of now (protocol §7). */
  void passRestoredWindow(long nowMs) {
    if (!signer.isRestored()) {
      return;
    }
    long nowSeconds = Math.floorDiv(nowMs, 1000);
    Window window = core.turns().windowAt(nowSeconds);
    long longest = core.turns().schedule().windowCapSlots() * clock.slots().slotSeconds();
    signer.restoredPast(
        window != null && clock.lastTick(window).isPresent()
            ? clock.lastTick(window).getAsLong()
            : clock.tickAt(nowSeconds + longest));
  }

  /** Why the signer does not sign this tick now, or null. */
  Guards.@Nullable Verdict verdict(long tick, long windowSlot, long nowMs) {
    switch (signer.verdict(nowMs)) {
      case SigningVerdict.Refusing no -> {
        return Guards.Verdict.hold(State.SAFE_HALT, no.why() + ". " + no.whatToDo());
      }
      case SigningVerdict.Away away -> {
        return Guards.Verdict.hold(State.SAFE_HALT, away.why());
      }
      case SigningVerdict.Waiting wait -> {
        return Guards.Verdict.hold(State.FOLLOWING, wait.why());
      }
      case SigningVerdict.Ready _ -> {}
    }
    return signer.mayOpen(tick, windowSlot)
        ? null
        : Guards.Verdict.hold(
            State.FOLLOWING,
            "something was signed for tick " + tick + " or the window's end already");
  }

  /** Of the reasons for which an earlier seal no longer binds: its anchor is gone. */
  @Override
  public boolean isDead(Ctx earlier) {
    return core.l1().isGone(earlier.anchorNumber(), earlier.anchorHash());
  }

  @Override
  public boolean isReplaced(long rollupId, long number, Hash32 blockHash) {
    Rollup rollup = core.cluster().rollup(rollupId);
    if (rollup == null || number > core.cluster().safeHeight()) {
      return false;
    }
    Hash32 derived = rollup.chain().canonicalHash(number);
    return derived != null && !derived.equals(blockHash);
  }
}
