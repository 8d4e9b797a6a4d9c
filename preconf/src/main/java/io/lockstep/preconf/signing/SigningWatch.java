// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.storage.kv.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the database is the whole truth about what its key signs: listens for a doppelganger, and
 * compares what is heard with what is recorded (protocol §7). Sequencing thread.
 */
final class SigningWatch {
  private final SigningDatabase database;
  private final GroupCommit commits;
  private final CommitmentDomain domain;
  private final int doppelgangerEpochs;
  private final long startedAtMs;
  private final boolean isFresh;
  private long listenUntilMs = -1;

  SigningWatch(
      SigningDatabase database,
      GroupCommit commits,
      CommitmentDomain domain,
      int doppelgangerEpochs,
      long startedAtMs) {
    this.database = database;
    this.commits = commits;
    this.domain = domain;
    this.doppelgangerEpochs = doppelgangerEpochs;
    this.startedAtMs = startedAtMs;
    this.isFresh = database.highest() == null && database.state().watermark() < 0;
  }

  SigningVerdict verdict(long nowMs) {
    SigningVerdict.Refusing refusing = refusing();
    if (refusing != null) {
      return refusing;
    }
    SigningState state = database.state();
    if (state.mustListen()) {
      if (doppelgangerEpochs > 0 && listenUntilMs < 0) {
        return new SigningVerdict.Waiting(
            "listening for another signer begins when L1 has been caught up with");
      }
      if (doppelgangerEpochs > 0 && nowMs < listenUntilMs) {
        return new SigningVerdict.Waiting(
            "listening for another signer with this key for another "
                + Math.ceilDiv(listenUntilMs - nowMs, 1_000)
                + " s");
      }
      change(state.withMustListen(false));
    }
    return database.state().restored()
        ? new SigningVerdict.Waiting("the end of the current window is not known yet")
        : new SigningVerdict.Ready();
  }

  /** Why nothing may be signed at this moment, or null. */
  @Nullable String obstacle() {
    SigningVerdict.Refusing refusing = refusing();
    if (refusing != null) {
      return refusing.why();
    }
    if (database.state().mustListen()) {
      return "another signer with this key is still listened for";
    }
    return database.state().restored()
        ? "the database was restored or lost records, and the window is not passed over yet"
        : null;
  }

  private SigningVerdict.@Nullable Refusing refusing() {
    String absence = database.absence();
    if (absence != null) {
      return new SigningVerdict.Refusing(
          "the signing database is missing: " + absence,
          "Put it back where it was; if it is lost, import an export of it with lockstep keys"
              + " import-signing-db or accept the full wait with lockstep keys new-signing-db. See "
              + Hold.DOCUMENT);
    }
    StorageException failure = commits.failure();
    if (failure != null) {
      return new SigningVerdict.Refusing(
          "the signing database's disk has failed: " + failure.getMessage(),
          "Mend the disk or make room on it, then start the node again. See " + Hold.DOCUMENT);
    }
    Hold hold = database.state().hold();
    return hold == null ? null : hold.verdict();
  }

  void caughtUp(long nowMs, long epochMs) {
    if (listenUntilMs < 0) {
      listenUntilMs = nowMs + doppelgangerEpochs * epochMs;
    }
  }

  boolean isRestored() {
    return database.absence() == null && database.state().restored();
  }

  void restoredPast(long tick) {
    if (isRestored()) {
      SigningState state = database.state();
      long past = Math.max(state.watermark(), tick);
      change(
          state
              .withRestored(false)
              .withWatermark(past)
              .withClosedTick(Math.max(state.closedTick(), past)));
    }
  }

  void saw(Signed<? extends SignedObject> signed) {
    SignedObject object = signed.object();
    if (database.absence() != null || !object.clusterId().equals(database.scope().clusterId())) {
      return;
    }
    switch (object) {
      case Frag frag -> saw(signed, Place.of(frag), frag.sentAtMs());
      case Seal seal -> saw(signed, Place.of(seal), seal.sealedAtMs());
      case Promise _ -> {}
    }
  }

  private void saw(Signed<? extends SignedObject> signed, Place place, long atMs) {
    SigningState state = database.state();
    SigningRecord recorded = database.record(place);
    if (recorded == null ? isForgotten(place.tick(), atMs) : isSame(recorded, signed, atMs)) {
      if (recorded == null && isNewEnd(signed.object()) && isOwn(signed)) {
        database.changeLightly(state.withLastEopWindowSlot(signed.object().windowSlot()));
      }
      return;
    }
    if (!isOwn(signed)) {
      return;
    }
    if (isNewEnd(signed.object())) {
      database.changeLightly(state.withLastEopWindowSlot(signed.object().windowSlot()));
    }
    if (recorded != null && isForgotten(place.tick(), atMs)) {
      // A backup's own, which never left: the other one did.
      database.forget(place);
    } else if (recorded != null) {
      hold(Hold.Kind.TWIN, place + " was signed with another content than is recorded");
    } else if (atMs >= startedAtMs) {
      hold(Hold.Kind.TWIN, place + " was signed since this node was started, and not by it");
    } else {
      sawUnknown(place.tick(), place.toString());
    }
  }

  private static boolean isSame(SigningRecord recorded, Signed<?> signed, long atMs) {
    return recorded.identity().equals(signed.object().identity()) && recorded.atMs() == atMs;
  }

  /** Whether it is known that what was signed in a tick is not recorded, and why. */
  private boolean isForgotten(long tick, long atMs) {
    SigningState state = database.state();
    long known = state.restored() ? state.watermark() : state.closedTick();
    return tick <= state.prunedTick() || (tick <= known && atMs < startedAtMs);
  }

  private boolean isNewEnd(SignedObject object) {
    return object instanceof Seal seal
        && seal.eop()
        && seal.windowSlot() > database.state().lastEopWindowSlot();
  }

  void sawPosted(long windowSlot, long firstTick, long lastTick) {
    if (database.absence() == null
        && database.record(new Place(lastTick, true, 0)) == null
        && !isForgotten(lastTick, Long.MIN_VALUE)) {
      sawUnknown(
          lastTick,
          "ticks " + firstTick + " to " + lastTick + " of window " + windowSlot + " are on L1");
    }
  }

  /** Something was signed before this start that is not recorded, though it should be. */
  private void sawUnknown(long tick, String what) {
    SigningState state = database.state();
    if (state.restored()) {
      // What it was restored for: the watermark goes along, and on the disk with restoredPast.
      database.changeLightly(state.withWatermark(Math.max(state.watermark(), tick)));
    } else if (tick <= state.watermark() && !isFresh) {
      // The tick was reserved, so that nothing contradicts it; but the newest records are gone, and
      // with them what block numbers they gave: nothing more of the window is signed.
      change(state.withRestored(true));
    } else if (isFresh) {
      hold(Hold.Kind.USED_BEFORE, what);
    } else {
      hold(Hold.Kind.OLDER, what + ", unknown to it");
    }
  }

  private boolean isOwn(Signed<?> signed) {
    return database.scope().committer().equals(domain.signer(signed));
  }

  private void hold(Hold.Kind kind, String detail) {
    if (database.state().hold() == null) {
      change(database.state().withHold(new Hold(kind, detail)));
    }
  }

  private void change(SigningState next) {
    try {
      database.change(next);
    } catch (StorageException e) {
      commits.fail(e);
      throw e;
    }
  }
}
