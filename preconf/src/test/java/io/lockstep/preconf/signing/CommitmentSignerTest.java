// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the signer refuses by place, on a real store. */
class CommitmentSignerTest {
  @TempDir Path dir;

  private final SigningScene scene = new SigningScene(20261122L);
  private final Ctx ctx = scene.ctx();
  private SigningRig rig;

  @BeforeEach
  void open() {
    rig = SigningRig.open(scene, dir);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void reopen() {
    rig = rig.reopened();
  }

  @Test
  void signsPlacesInTheirOrder() {
    assertThat(rig.signer.committer()).isEqualTo(scene.scene.key().address());
    assertThat(rig.signer.highestTick()).isEqualTo(-1);
    Frag first = rig.grantFrag(5, 100, ctx);
    assertThat(first.fragIdx()).isZero();
    assertThat(rig.grantFrag(5, 100, ctx).fragIdx()).isEqualTo(1);
    rig.grantSeal(5, 100, ctx, false);
    rig.grantFrag(5, 101, ctx);
    rig.grantFrag(5, 300, ctx);
    rig.grantSeal(5, 300, ctx, true);
    rig.grantSeal(6, 301, ctx, false);
    assertThat(rig.signer.highestTick()).isEqualTo(301);
  }

  @Test
  void refusesLowerPlaces() {
    rig.grantFrag(5, 100, ctx);
    rig.refuse(rig.frag(5, 99, 0, Hash32.ZERO, ctx), ctx, "below what was signed");
    rig.refuse(rig.seal(5, 99, ctx, false), ctx, "below what was signed");
    rig.grantSeal(5, 100, ctx, false);
    rig.refuse(rig.frag(5, 100, 1, Hash32.ZERO, ctx), ctx, "below what was signed");
    rig.grantFrag(5, 101, ctx);
    rig.refuse(rig.seal(5, 99, ctx, false), ctx, "below what was signed");
  }

  @Test
  void refusesAFragThatDoesNotFollowOnTheLastOne() {
    rig.refuse(rig.frag(5, 100, 1, Hash32.ZERO, ctx), ctx, "does not follow");
    rig.refuse(rig.frag(5, 100, 0, scene.scene.hash(), ctx), ctx, "does not follow");
    Frag first = rig.grantFrag(5, 100, ctx);
    rig.refuse(rig.frag(5, 100, 2, first.identity(), ctx), ctx, "does not follow");
    rig.refuse(rig.frag(5, 100, 1, Hash32.ZERO, ctx), ctx, "does not follow");
    rig.refuse(rig.frag(6, 100, 1, first.identity(), ctx), ctx, "in another window");
    Ctx other = scene.ctx();
    rig.refuse(rig.frag(5, 100, 1, first.identity(), other), other, "under another ctx");
    rig.refuse(rig.seal(5, 100, other, false), other, "under another ctx");
    rig.grantFrag(5, 100, ctx);
  }

  @Test
  void refusesAnotherStatementAtTheSamePlace() {
    rig.grantFrag(5, 100, ctx);
    rig.refuse(rig.frag(5, 100, 0, Hash32.ZERO, ctx), ctx, "something else");
    rig.grantSeal(5, 100, ctx, false);
    rig.refuse(rig.seal(5, 100, ctx, false), ctx, "something else");
    rig.refuse(rig.seal(5, 100, ctx, true), ctx, "something else");
    rig.refuse(rig.frag(5, 100, 0, Hash32.ZERO, ctx), ctx, "something else");
  }

  @Test
  void refusesTheSameStatementWithAnotherMoment() {
    Frag frag = rig.grantFrag(5, 100, ctx);
    Frag later =
        new Frag(
            frag.clusterId(),
            frag.windowSlot(),
            frag.tick(),
            frag.fragIdx(),
            frag.prevFragHash(),
            frag.ctxHash(),
            frag.bodyRoot(),
            frag.sentAtMs() + 1);
    assertThat(later.identity()).isEqualTo(frag.identity());
    rig.refuse(later, ctx, "something else");
    Seal seal = rig.grantSeal(5, 100, ctx, false);
    Seal laterSeal =
        new Seal(
            seal.clusterId(),
            seal.windowSlot(),
            seal.tick(),
            seal.blocksRoot(),
            seal.ctxHash(),
            seal.cumExposureWei(),
            seal.l1CallsHash(),
            seal.eop(),
            seal.sealedAtMs() + 1);
    rig.refuse(laterSeal, ctx, "something else");
  }

  @Test
  void givesTheRecordedBytesAgain() {
    Frag frag = rig.frag(5, 100, 0, Hash32.ZERO, ctx);
    FragMessage first = rig.granted(rig.sign(frag, ctx));
    List<SealMessage.SealedBlock> blocks = rig.newBlocks(100);
    Seal seal = scene.seal(5, 100, ctx, blocks, true);
    SealMessage sealed = rig.granted(rig.sign(seal, ctx, blocks));
    assertThat(rig.granted(rig.sign(frag, ctx))).isEqualTo(first);
    assertThat(rig.granted(rig.sign(seal, ctx, blocks))).isEqualTo(sealed);
    reopen();
    assertThat(rig.granted(rig.sign(frag, ctx))).isEqualTo(first);
    assertThat(rig.granted(rig.sign(seal, ctx, blocks))).isEqualTo(sealed);
  }

  @Test
  void signsNothingMoreOfAWindowThatItEnded() {
    rig.grantFrag(5, 100, ctx);
    rig.grantSeal(5, 100, ctx, true);
    rig.refuse(rig.frag(5, 101, 0, Hash32.ZERO, ctx), ctx, "window 5 is over");
    rig.refuse(rig.seal(5, 101, ctx, false), ctx, "window 5 is over");
    rig.refuse(rig.frag(4, 101, 0, Hash32.ZERO, ctx), ctx, "window 4 is over");
    assertThat(rig.signer.mayOpen(101, 5)).isFalse();
    assertThat(rig.signer.mayOpen(101, 6)).isTrue();
    reopen();
    rig.refuse(rig.frag(5, 200, 0, Hash32.ZERO, ctx), ctx, "window 5 is over");
    rig.grantSeal(6, 200, ctx, false);
  }

  @Test
  void saysWhatMayBeOpened() {
    assertThat(rig.signer.mayOpen(0, 0)).isTrue();
    rig.grantFrag(5, 100, ctx);
    assertThat(rig.signer.mayOpen(100, 5)).isFalse();
    assertThat(rig.signer.mayOpen(99, 5)).isFalse();
    assertThat(rig.signer.mayOpen(101, 5)).isTrue();
  }

  @Test
  void countsWhatWasReservedAsSpentAfterARestart() {
    rig.grantFrag(5, 100, ctx);
    rig.grantSeal(5, 100, ctx, false);
    reopen();
    long firstFree = 100 + CommitmentSigner.RESERVED_TICKS;
    for (long tick = 100; tick < firstFree; tick++) {
      assertThat(rig.signer.mayOpen(tick, 5)).isFalse();
    }
    rig.refuse(rig.frag(5, firstFree - 1, 0, Hash32.ZERO, ctx), ctx, "is spent");
    rig.refuse(rig.seal(5, firstFree - 1, ctx, false), ctx, "is spent");
    assertThat(rig.signer.mayOpen(firstFree, 5)).isTrue();
    rig.grantFrag(5, firstFree, ctx);
  }

  @Test
  void goesOnWithTheTickInWhichTheProcessDied() {
    Frag first = rig.grantFrag(5, 100, ctx);
    Frag second = rig.grantFrag(5, 100, ctx);
    reopen();
    OpenTickJournal journal = rig.signer.unfinished().orElseThrow();
    assertThat(journal.mayContinue()).isTrue();
    assertThat(journal.tick()).isEqualTo(100);
    assertThat(journal.ctx()).isEqualTo(ctx);
    assertThat(journal.windowSlot()).isEqualTo(5);
    assertThat(journal.operatorId()).isEqualTo(SigningScene.OPERATOR);
    assertThat(journal.frags()).extracting(m -> m.frag().object()).containsExactly(first, second);

    rig.refuse(rig.frag(5, 100, 1, first.identity(), ctx), ctx, "something else");
    rig.refuse(rig.frag(5, 100, 3, second.identity(), ctx), ctx, "does not follow");
    Frag third = rig.frag(5, 100, 2, second.identity(), ctx);
    rig.granted(rig.sign(third, ctx));
    assertThat(rig.signer.unfinished()).isPresent();
    reopen();
    assertThat(rig.signer.unfinished().orElseThrow().frags()).hasSize(3);
    rig.grantSeal(5, 100, ctx, false);
    assertThat(rig.signer.unfinished()).isEmpty();
    rig.refuse(rig.seal(5, 101, ctx, false), ctx, "is spent");
    rig.grantSeal(5, 104, ctx, false);
  }

  @Test
  void givesUpTheUnfinishedTickOnceSomethingHigherWasSigned() {
    Frag first = rig.grantFrag(5, 100, ctx);
    reopen();
    rig.grantFrag(5, 104, ctx);
    assertThat(rig.signer.unfinished()).isEmpty();
    rig.refuse(rig.frag(5, 100, 1, first.identity(), ctx), ctx, "is spent");
    rig.refuse(rig.seal(5, 100, ctx, false), ctx, "is spent");
  }

  @Test
  void refusesACtxThatIsNotTheSignedOne() {
    Frag frag = rig.frag(5, 100, 0, Hash32.ZERO, ctx);
    assertThatThrownBy(() -> rig.sign(frag, scene.ctx())).isInstanceOf(IllegalStateException.class);
    assertThat(rig.signer.highestTick()).isEqualTo(-1);
  }

  @Test
  void refusesToSignWithAnotherKeyThanTheDatabases() {
    assertThatThrownBy(() ->
            new CommitmentSigner(
                scene.scene.secretKey(),
                scene.scene.domain(),
                rig.database,
                GroupCommit.process(),
                0,
                0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void hasNoPlaceForAFragIndexOf33Bits() {
    assertThatThrownBy(() -> rig.frag(5, 100, 1L << 32, Hash32.ZERO, ctx))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
