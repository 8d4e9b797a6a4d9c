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
        ? "the database was restored and the current window has not been passed over"
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
      change(state.withRestored(false).withWatermark(Math.max(state.watermark(), tick)));
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
    boolean isIdentical =
        recorded != null
            && recorded.identity().equals(signed.object().identity())
            && recorded.atMs() == atMs;
    boolean isOld =
        recorded == null
            && (place.tick() <= state.prunedTick()
                || (place.tick() <= state.watermark() && atMs < startedAtMs));
    if (isIdentical || isOld || !isOwn(signed)) {
      return;
    }
    if (recorded != null) {
      hold(Hold.Kind.TWIN, place + " was signed with another content than is recorded");
    } else if (atMs >= startedAtMs) {
      hold(Hold.Kind.TWIN, place + " was signed since this node was started, and not by it");
    } else {
      sawUnknown(place.tick(), place.toString());
    }
  }

  void sawPosted(long windowSlot, long firstTick, long lastTick) {
    if (database.absence() != null
        || lastTick <= database.state().watermark()
        || database.record(new Place(lastTick, true, 0)) != null) {
      return;
    }
    sawUnknown(
        lastTick,
        "ticks " + firstTick + " to " + lastTick + " of window " + windowSlot + " are on L1");
  }

  /** Something was signed in the past that is above all that is recorded. */
  private void sawUnknown(long tick, String what) {
    SigningState state = database.state();
    if (state.restored()) {
      // What it was restored for: the watermark goes along, and on the disk with restoredPast.
      database.changeLightly(state.withWatermark(Math.max(state.watermark(), tick)));
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
