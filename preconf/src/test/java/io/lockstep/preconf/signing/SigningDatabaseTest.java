// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database as files: whose it is, what is lost with it, what it gives back, what it forgets.
 */
class SigningDatabaseTest {
  /** Before anything that the forgetting test says, after what the others say. */
  private static final long STARTED_MS = 1_000;

  @TempDir Path dir;

  private final SigningScene scene = new SigningScene(4);
  private final Ctx ctx = scene.ctx();

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException error)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        if (Files.isDirectory(file)) {
          copy(file, to.resolve(file.getFileName()));
        } else {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
  }

  @Test
  void isRefusedByNameWhenItIsAnotherClustersOrCommitters() {
    SigningRig.open(scene, dir).close();
    SigningScene other = new SigningScene(5);
    assertThatThrownBy(() -> SigningRig.tryOpen(other, dir))
        .isInstanceOf(SigningDatabaseRefused.class)
        .hasMessageContaining(scene.scope().committer().toString())
        .hasMessageContaining(other.scope().committer().toString())
        .hasMessageContaining(scene.scope().clusterId().toString());
    SigningRig.open(scene, dir).close();
  }

  @Test
  void isRefusedByNameWhileAnotherHasItOpen() {
    try (SigningRig _ = SigningRig.open(scene, dir)) {
      MemoryStore main = new MemoryStore();
      assertThatThrownBy(() ->
              SigningDatabase.open(
                  dir.resolve("signing"), main, scene.scope(), KeyValueStore.Durability.PROCESS))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void isNotBegunAnewWhenItIsLost() throws Exception {
    try (SigningRig rig = SigningRig.open(scene, dir)) {
      rig.grantSeal(5, 100, ctx, false);
    }
    delete(dir.resolve("signing"));
    for (int start = 0; start < 2; start++) {
      try (SigningRig rig = SigningRig.open(scene, dir, SigningRig.Options.PLAIN)) {
        assertThat(rig.signer.verdict(0))
            .isInstanceOfSatisfying(
                SigningVerdict.Refusing.class, r -> assertThat(r.why()).contains("is missing"));
        rig.refuse(rig.frag(5, 200, 0, Hash32.ZERO, ctx), ctx, "is missing");
        assertThat(rig.database.completeLedger(ledger(rig))).isZero();
      }
      assertThat(dir.resolve("signing")).doesNotExist();
    }
  }

  @Test
  void isNotMistakenForItsEarlierSelfPutBack() throws Exception {
    try (SigningRig rig = SigningRig.open(scene, dir)) {
      rig.grantSeal(5, 100, ctx, false);
    }
    copy(dir.resolve("signing"), dir.resolve("backup"));
    try (SigningRig rig = SigningRig.open(scene, dir)) {
      rig.grantSeal(5, 200, ctx, false);
    }
    delete(dir.resolve("signing"));
    copy(dir.resolve("backup"), dir.resolve("signing"));
    try (SigningRig rig = SigningRig.open(scene, dir, SigningRig.Options.PLAIN)) {
      assertThat(rig.signer.verdict(0))
          .isInstanceOfSatisfying(
              SigningVerdict.Refusing.class,
              r -> assertThat(r.why()).contains("knows ticks up to 203 as spent"));
    }
  }

  @Test
  void aCopyInAnotherFolderWaits() throws Exception {
    try (SigningRig rig = SigningRig.open(scene, dir.resolve("a"))) {
      rig.grantSeal(5, 100, ctx, false);
    }
    copy(dir.resolve("a"), dir.resolve("b"));
    SigningRig.Options listening = SigningRig.Options.PLAIN.withEpochs(1);
    try (SigningRig twin = SigningRig.open(scene, dir.resolve("b"), listening);
        SigningRig same = SigningRig.open(scene, dir.resolve("a"), listening)) {
      assertThat(twin.signer.verdict(0)).isInstanceOf(SigningVerdict.Waiting.class);
      assertThat(same.signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
    }
  }

  private static CommitmentLedger ledger(SigningRig rig) {
    return new CommitmentLedger(rig.main, rig.scene.scene.domain());
  }

  @Test
  void givesTheLedgerWhatItLacks() {
    FragMessage said = scene.scene.fragMessage(5, 100, 0, ctx, 2);
    Frag first = scene.frag(5, 100, 0, Hash32.ZERO, ctx, said.frag().object().bodyRoot(), 100_000);
    SealMessage seal;
    FragMessage frag;
    try (SigningRig rig = SigningRig.open(scene, dir)) {
      frag = rig.granted(rig.signer.sign(first, ctx, SigningScene.OPERATOR, said.parts()));
      Frag heartbeat =
          scene.frag(5, 100, 1, first.identity(), ctx, SigningScene.emptyRoot(), 100_250);
      rig.granted(rig.sign(heartbeat, ctx));
      List<SealMessage.SealedBlock> blocks = rig.newBlocks(100);
      seal = rig.granted(rig.sign(scene.seal(5, 100, ctx, blocks, false), ctx, blocks));
      assertThat(ledger(rig).seal(100)).isNull();
    }
    try (SigningRig rig = SigningRig.open(scene, dir)) {
      assertThat(rig.database.completeLedger(ledger(rig))).isEqualTo(2);
      assertThat(ledger(rig).seal(100)).isEqualTo(seal);
      assertThat(new ReleasedLedger(ledger(rig)).commitment(frag.leaves().getFirst().txHash()))
          .isNotNull();
      assertThat(rig.database.completeLedger(ledger(rig))).isZero();
    }
  }

  @Test
  void doesNotGoOnWithATickOfWhichMoreMayHaveBeenReleased() {
    for (boolean fsync : new boolean[] {true, false}) {
      MemoryStore main = new MemoryStore();
      MemoryStore store = new MemoryStore();
      CommitmentSigner signer = over(store, main, lease("boot", fsync));
      assertThat(signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
      Frag first = scene.frag(5, 100, 0, Hash32.ZERO, ctx, SigningScene.emptyRoot(), 1);
      var _ = signer.sign(first, ctx, SigningScene.OPERATOR, List.of());
      for (int restart = 0; restart < 2; restart++) {
        CommitmentSigner next = over(store, main, lease("another boot", fsync));
        OpenTickJournal journal = next.unfinished().orElseThrow();
        assertThat(journal.frags()).hasSize(1);
        assertThat(journal.mayContinue()).isEqualTo(fsync);
        Frag second =
            scene.frag(5, 100, 1, first.identity(), ctx, SigningScene.emptyRoot(), 100 + restart);
        if (!fsync) {
          assertThat(SigningRig.reason(next.sign(second, ctx, SigningScene.OPERATOR, List.of())))
              .contains("the window is not passed over");
        }
      }
    }
  }

  @Test
  void noticesInTheMainStoreThatItWasPutBackByAFewRecordsOnly() {
    MemoryStore main = new MemoryStore();
    MemoryStore store = new MemoryStore();
    CommitmentLedger ledger = new CommitmentLedger(main, scene.scene.domain());
    CommitmentSigner signer = over(store, main, lease("boot", true));
    assertThat(signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
    Frag first = scene.frag(5, 100, 0, Hash32.ZERO, ctx, SigningScene.emptyRoot(), 1);
    var _ = signer.sign(first, ctx, SigningScene.OPERATOR, List.of());
    MemoryStore backup = store.copy();
    FragMessage said = scene.scene.fragMessage(5, 100, 1, ctx, 1);
    Frag second = scene.frag(5, 100, 1, first.identity(), ctx, said.frag().object().bodyRoot(), 2);
    if (signer.sign(second, ctx, SigningScene.OPERATOR, said.parts())
        instanceof SigningOutcome.Granted<FragMessage> granted) {
      ledger.put(granted.message());
    }
    CommitmentSigner unaware = over(backup.copy(), main, lease("boot", true));
    assertThat(unaware.unfinished().orElseThrow().mayContinue()).isTrue();
    unaware.compareWith(ledger);
    assertThat(unaware.isRestored()).isTrue();
    assertThat(unaware.unfinished().orElseThrow().mayContinue()).isFalse();
    unaware.restoredPast(111);
    assertThat(unaware.verdict(0)).isEqualTo(new SigningVerdict.Ready());
    assertThat(unaware.unfinished().orElseThrow().mayContinue()).isFalse();
    assertThat(unaware.mayOpen(111, 9)).isFalse();

    CommitmentSigner same = over(store, main, lease("boot", true));
    same.compareWith(ledger);
    assertThat(same.isRestored()).isFalse();
    assertThat(same.unfinished().orElseThrow().mayContinue()).isTrue();
  }

  private static Lease lease(String boot, boolean fsync) {
    return new Lease("h", "m", "/d", "1", boot, fsync);
  }

  private CommitmentSigner over(MemoryStore store, MemoryStore main, Lease lease) {
    try {
      return new CommitmentSigner(
          scene.scene.key(),
          scene.scene.domain(),
          SigningDatabaseOpening.over(store, main, scene.scope(), lease),
          GroupCommit.process(),
          0,
          STARTED_MS);
    } catch (SigningDatabaseRefused e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void reservesBeforeItSignsAndSyncsOncePerStep() {
    MemoryStore main = new MemoryStore();
    MemoryStore store = new MemoryStore();
    CommitmentSigner signer = over(store, main, lease("boot", false));
    assertThat(signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
    for (long tick = 100; tick < 108; tick++) {
      signer.reserve(tick);
      Frag frag = scene.frag(5, tick, 0, Hash32.ZERO, ctx, SigningScene.emptyRoot(), tick);
      var _ = signer.sign(frag, ctx, SigningScene.OPERATOR, List.of());
      // Whatever is lost with the power: what was signed lies at or below the reservation.
      MemoryStore left = store.afterPowerLoss(new Random(0));
      assertThat(SigningDatabaseOpening.state(left).reservation()).isGreaterThanOrEqualTo(tick);
      CommitmentSigner next =
          over(left, main.afterPowerLoss(new Random(0)), lease("another boot", false));
      assertThat(next.mayOpen(tick, 5)).isFalse();
    }
    assertThat(SigningDatabaseOpening.state(store).reservation()).isEqualTo(107);
  }

  @Test
  void forgetsWhatLiesFarBelowAndStillRefusesIt() {
    MemoryStore main = new MemoryStore();
    MemoryStore store = new MemoryStore();
    CommitmentSigner signer = over(store, main, lease("boot", false));
    assertThat(signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
    List<SealMessage> sealed = new ArrayList<>();
    long last = SigningDatabase.KEEP_TICKS + 1_000;
    for (long tick = 1; tick <= last; tick++) {
      List<SealMessage.SealedBlock> blocks =
          scene.blocks(tick, tick, scene.scene.hash(), scene.scene.hash());
      Seal seal = scene.seal(tick, tick, ctx, blocks, false);
      var outcome = signer.sign(seal, ctx, SigningScene.OPERATOR, blocks, DeadCheck.NONE);
      assertThat(outcome).isInstanceOf(SigningOutcome.Granted.class);
      if (outcome instanceof SigningOutcome.Granted<SealMessage> granted) {
        sealed.add(granted.message());
      }
    }
    assertThat(store.size(SigningDatabase.RECORDS))
        .isBetween((int) SigningDatabase.KEEP_TICKS - 8, (int) SigningDatabase.KEEP_TICKS + 8);
    assertThat(store.size(SigningDatabase.NUMBERS)).isEqualTo(store.size(SigningDatabase.RECORDS));
    assertThat(store.size(SigningDatabase.JOURNAL))
        .isBetween(
            (int) SigningDatabase.KEEP_JOURNAL_TICKS - 8,
            (int) SigningDatabase.KEEP_JOURNAL_TICKS + 8);

    SealMessage forgotten = sealed.get(10);
    signer.saw(forgotten.seal());
    assertThat(signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
    for (CommitmentSigner each : List.of(signer, over(store, main, lease("boot", false)))) {
      assertThat(
              SigningRig.reason(
                  each.sign(
                      forgotten.seal().object(),
                      ctx,
                      SigningScene.OPERATOR,
                      forgotten.blocks(),
                      DeadCheck.NONE)))
          .contains("is spent");
    }
  }
}
