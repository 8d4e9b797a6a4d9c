// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the key waits, when it refuses, and what it takes from others' say. */
class SigningWatchTest {
  private static final long START_MS = 1_000_000;
  private static final long EPOCH_MS = 16_000;
  private static final SigningVerdict READY = new SigningVerdict.Ready();

  private final SigningScene scene = new SigningScene(91);
  private final Ctx ctx = scene.ctx();
  private MemoryStore store = new MemoryStore();
  private MemoryStore main = new MemoryStore();
  private Lease here = new Lease("host", "machine", "/data/signing", "17", "boot", true);
  private long startMs = START_MS;
  private CommitmentSigner signer;

  @BeforeEach
  void open() {
    signer = open(1);
  }

  private CommitmentSigner open(int epochs) {
    try {
      SigningDatabase database = SigningDatabaseOpening.over(store, main, scene.scope(), here);
      signer =
          new CommitmentSigner(
              scene.scene.key(),
              scene.scene.domain(),
              database,
              GroupCommit.process(),
              epochs,
              startMs);
      return signer;
    } catch (SigningDatabaseRefused e) {
      throw new AssertionError(e);
    }
  }

  /** A new database that has signed the seal of tick 100 and was restarted since. */
  private void openUsed() {
    open(0);
    assertThat(signer.verdict(startMs)).isEqualTo(READY);
    granted(100);
    startMs += 10_000;
    open(1);
  }

  private SealMessage granted(long tick) {
    List<SealMessage.SealedBlock> blocks =
        scene.blocks(tick, tick, scene.scene.hash(), scene.scene.hash());
    Seal seal = scene.seal(tick / 8, tick, ctx, blocks, false);
    var outcome = signer.sign(seal, ctx, SigningScene.OPERATOR, blocks, DeadCheck.NONE);
    assertThat(outcome).isInstanceOf(SigningOutcome.Granted.class);
    return ((SigningOutcome.Granted<SealMessage>) outcome).message();
  }

  private Signed<Frag> heard(long tick, long atMs) {
    return scene.scene.sign(
        scene.frag(tick / 8, tick, 0, Hash32.ZERO, ctx, scene.scene.hash(), atMs), ctx);
  }

  private void waiting(long nowMs, String why) {
    assertThat(signer.verdict(nowMs))
        .isInstanceOfSatisfying(
            SigningVerdict.Waiting.class, w -> assertThat(w.why()).contains(why));
    refusesToSign();
  }

  private void refusing(String why, String whatToDo) {
    assertThat(signer.verdict(startMs + 10 * EPOCH_MS))
        .isInstanceOfSatisfying(
            SigningVerdict.Refusing.class,
            r -> {
              assertThat(r.why()).contains(why);
              assertThat(r.whatToDo()).contains(whatToDo);
            });
    refusesToSign();
  }

  private void refusesToSign() {
    Frag frag =
        scene.frag(900_000, 9_000_000, 0, Hash32.ZERO, ctx, SigningScene.emptyRoot(), startMs);
    assertThat(signer.sign(frag, ctx, SigningScene.OPERATOR, List.of()))
        .isInstanceOf(SigningOutcome.Refused.class);
  }

  @Test
  void aNewDatabaseListensForOneEpochFromWhenL1IsCaughtUpWith() {
    open(1);
    waiting(startMs, "when L1 has been caught up with");
    waiting(startMs + 100 * EPOCH_MS, "when L1 has been caught up with");
    signer.caughtUp(startMs + 5, EPOCH_MS);
    waiting(startMs + 5, "for another 16 s");
    waiting(startMs + 4 + EPOCH_MS, "for another 1 s");
    assertThat(signer.verdict(startMs + 5 + EPOCH_MS)).isEqualTo(READY);
    granted(100);
  }

  @Test
  void aRestartInTheMiddleOfTheWaitBeginsItAgain() {
    open(1).caughtUp(startMs, EPOCH_MS);
    waiting(startMs + EPOCH_MS - 1, "listening");
    open(1);
    waiting(startMs + 2 * EPOCH_MS, "when L1");
  }

  @Test
  void theSameDirectoryOnTheSameMachineDoesNotWait() {
    openUsed();
    assertThat(signer.verdict(startMs)).isEqualTo(READY);
  }

  @Test
  void aCopyWaitsWhereverItWasTaken() {
    openUsed();
    for (Lease other :
        List.of(
            new Lease("other", "machine", "/data/signing", "17", "boot", true),
            new Lease("host", "other", "/data/signing", "17", "boot", true),
            new Lease("host", "machine", "/copy/signing", "17", "boot", true),
            new Lease("host", "machine", "/data/signing", "18", "boot", true))) {
      MemoryStore original = store;
      store = original.copy();
      here = other;
      open(2);
      waiting(startMs, "when L1");
      signer.caughtUp(startMs, EPOCH_MS);
      waiting(startMs + 2 * EPOCH_MS - 1, "listening");
      assertThat(signer.verdict(startMs + 2 * EPOCH_MS)).isEqualTo(READY);
      store = original;
    }
  }

  @Test
  void anotherBootOfTheSameMachineIsNoMove() {
    openUsed();
    here = new Lease("host", "machine", "/data/signing", "17", "boot 2", true);
    assertThat(open(1).verdict(startMs)).isEqualTo(READY);
  }

  @Test
  void whatItHasRecordedItselfIsNoSurprise() {
    open(0);
    assertThat(signer.verdict(startMs)).isEqualTo(READY);
    SealMessage own = granted(100);
    signer.saw(own.seal());
    signer.sawPosted(12, 100, 100);
    startMs += 10_000;
    open(1);
    signer.saw(own.seal());
    signer.sawPosted(12, 90, 100);
    assertThat(signer.verdict(startMs)).isEqualTo(READY);
  }

  @Test
  void whatOthersSignedAndWhatIsForgedIsNothingToIt() {
    openUsed();
    Signed<Frag> heard = heard(500, startMs + 1);
    signer.saw(
        new Signed<SignedObject>(
            heard.object(),
            ctx,
            scene.scene.sign(heard.object(), ctx, scene.scene.secretKey()).signature()));
    Frag elsewhere =
        new Frag(scene.scene.hash(), 62, 500, 0, Hash32.ZERO, ctx.hash(), Hash32.ZERO, startMs + 1);
    signer.saw(scene.scene.sign(elsewhere, ctx));
    assertThat(signer.verdict(startMs)).isEqualTo(READY);
  }

  @Test
  void refusesWhenAnotherProcessSignsNow() {
    openUsed();
    signer.saw(heard(500, startMs + 1));
    refusing("another process signs with this committer key", "stop it for good");
    startMs += EPOCH_MS;
    open(1);
    refusing("another process signs with this committer key", "docs/signing-database.md");
  }

  @Test
  void refusesWhenATwinSignsBelowTheWatermarkToo() {
    openUsed();
    signer.saw(heard(50, startMs + 1));
    refusing("another process signs", "stop it for good");
  }

  @Test
  void hearsATwinWhileItListens() {
    open(1).caughtUp(startMs, EPOCH_MS);
    waiting(startMs + 1, "listening");
    signer.saw(heard(500, startMs + 2));
    refusing("another process signs", "stop it for good");
  }

  @Test
  void refusesWhenSomethingElseStandsAtARecordedPlace() {
    openUsed();
    SigningScene twin = new SigningScene(91);
    Seal other =
        twin.seal(
            12, 100, ctx, scene.blocks(100, 100, scene.scene.hash(), scene.scene.hash()), false);
    signer.saw(scene.scene.sign(other, ctx));
    refusing("another content than is recorded", "stop it for good");
  }

  @Test
  void refusesWhenItHasForgottenWhatItSigned() {
    openUsed();
    signer.saw(heard(104, startMs - 5_000));
    refusing("older than what this key has signed", "import-signing-db");
  }

  @Test
  void refusesWhenL1HasTicksThatItDoesNotKnow() {
    openUsed();
    signer.sawPosted(13, 101, 104);
    refusing("ticks 101 to 104 of window 13 are on L1", "import-signing-db");
  }

  @Test
  void passesTheWindowOverWhenRecordsOfReservedTicksAreGone() {
    for (int way = 0; way < 2; way++) {
      openUsed();
      if (way == 0) {
        signer.saw(heard(103, startMs - 5_000));
      } else {
        signer.sawPosted(12, 90, 102);
      }
      waiting(startMs, "the end of the current window is not known");
      assertThat(signer.isRestored()).isTrue();
      signer.restoredPast(111);
      assertThat(signer.verdict(startMs)).isEqualTo(READY);
      assertThat(signer.mayOpen(111, 14)).isFalse();
      // Once is enough.
      signer.saw(heard(103, startMs - 5_000));
      signer.sawPosted(12, 90, 102);
      assertThat(signer.verdict(startMs)).isEqualTo(READY);
      store = new MemoryStore();
      main = new MemoryStore();
    }
  }

  @Test
  void learnsTheEndOfAWindowFromItsOwnForgottenSeal() {
    openUsed();
    Seal end =
        scene.seal(
            20, 102, ctx, scene.blocks(102, 102, scene.scene.hash(), scene.scene.hash()), true);
    signer.saw(scene.scene.sign(end, ctx, scene.scene.secretKey()));
    assertThat(signer.mayOpen(300, 20)).isTrue();
    signer.saw(scene.scene.sign(end, ctx));
    assertThat(signer.mayOpen(300, 20)).isFalse();
    assertThat(signer.mayOpen(300, 21)).isTrue();
  }

  @Test
  void aNewDatabaseRefusesAKeyThatHasSignedBefore() {
    open(1);
    signer.saw(heard(20, startMs - 60_000));
    refusing("this key has signed before", "new-signing-db");
    store = new MemoryStore();
    main = new MemoryStore();
    open(1).sawPosted(2, 16, 20);
    refusing("this key has signed before", "new-signing-db");
  }

  @Test
  void aRestoredDatabaseTakesTheHistoryAndPassesTheWindowOver() {
    openUsed();
    store.commit(
        store
            .newBatch()
            .put(
                SigningDatabase.META,
                SigningDatabase.STATE_KEY,
                SigningDatabaseOpening.state(store)
                    .withRestored(true)
                    .withMustListen(true)
                    .encoded()),
        io.lockstep.storage.kv.KeyValueStore.Durability.FSYNC);
    startMs += 50_000;
    open(1).caughtUp(startMs, EPOCH_MS);
    signer.saw(heard(120, startMs - 20_000));
    signer.sawPosted(15, 121, 125);
    assertThat(signer.isRestored()).isTrue();
    assertThat(signer.mayOpen(125, 40)).isFalse();
    waiting(startMs + EPOCH_MS, "the end of the current window is not known");
    signer.restoredPast(160);
    assertThat(signer.isRestored()).isFalse();
    assertThat(signer.verdict(startMs + EPOCH_MS)).isEqualTo(READY);
    assertThat(signer.mayOpen(160, 40)).isFalse();
    assertThat(signer.mayOpen(161, 40)).isTrue();
    signer.saw(heard(140, startMs + 3));
    refusing("another process signs", "stop it for good");
  }

  @Test
  void refusesADatabaseThatTheMainStoreKnowsToBeOlder() {
    open(0);
    assertThat(signer.verdict(startMs)).isEqualTo(READY);
    granted(100);
    MemoryStore backup = store.copy();
    granted(104);
    store = backup;
    open(0);
    refusing("knows ticks up to 107 as spent, the signing database up to 103", "import-signing-db");
  }

  @Test
  void refusesWhenItsDatabaseIsMissingOrAnother() {
    openUsed();
    store = new MemoryStore();
    open(0);
    refusing("the signing database is missing", "Put it back");
    assertThat(signer.mayOpen(500, 500)).isTrue();
    signer.reserve(500);
    signer.saw(heard(500, startMs + 1));
    signer.sawPosted(60, 480, 490);
    signer.caughtUp(startMs, EPOCH_MS);
    signer.restoredPast(500);
    assertThat(signer.unfinished()).isEmpty();

    MemoryStore known = main;
    main = new MemoryStore();
    open(0);
    main = known;
    open(0);
    refusing("and the one found is", "Put it back");
  }
}
