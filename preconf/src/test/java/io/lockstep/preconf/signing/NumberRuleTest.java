// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One number, one hash, among the final seals that can bind. */
class NumberRuleTest {
  @TempDir Path dir;

  private final SigningScene scene = new SigningScene(5);
  private final Ctx ctx = scene.ctx();
  private final Ctx early = SigningScene.provisional(ctx);
  private final Hash32 a6 = scene.scene.hash();
  private final Hash32 a7 = scene.scene.hash();
  private final Hash32 b7 = scene.scene.hash();
  private final Hash32 a8 = scene.scene.hash();
  private final Hash32 b8 = scene.scene.hash();
  private SigningRig rig;

  @BeforeEach
  void open() {
    rig = SigningRig.open(scene, dir);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private SigningOutcome<SealMessage> seal(
      long tick, long number, Hash32 hash, Hash32 parent, Ctx under, DeadCheck deadCheck) {
    List<SealMessage.SealedBlock> blocks = scene.blocks(tick, number, hash, parent);
    Seal seal = scene.seal(5, tick, under, blocks, false);
    return rig.sign(seal, under, blocks, deadCheck);
  }

  private void grant(long tick, long number, Hash32 hash, Hash32 parent, Ctx under) {
    rig.granted(seal(tick, number, hash, parent, under, DeadCheck.NONE));
  }

  private void refuse(long tick, long number, Hash32 hash, Hash32 parent, Ctx under) {
    assertThat(SigningRig.reason(seal(tick, number, hash, parent, under, DeadCheck.NONE)))
        .contains("was sealed with another hash");
  }

  @Test
  void refusesASecondHashForANumber() {
    grant(100, 7, a7, a6, ctx);
    refuse(101, 7, b7, a6, ctx);
    refuse(101, 7, b7, a6, early);
    rig = rig.reopened();
    refuse(110, 7, b7, a6, ctx);
    grant(110, 7, a7, a6, ctx);
    grant(111, 8, a8, a7, ctx);
  }

  @Test
  void takesAnotherHashOnceTheEarlierOneIsDead() {
    grant(100, 7, a7, a6, ctx);
    Ctx later = scene.ctx();
    rig.granted(seal(101, 7, b7, a6, later, earlier -> earlier.equals(ctx)));
    // Both are remembered: should the first come back to life, neither is left out.
    assertThat(SigningRig.reason(seal(102, 7, scene.scene.hash(), a6, later, ctx::equals)))
        .contains("in tick 101");
    assertThat(SigningRig.reason(seal(102, 7, scene.scene.hash(), a6, later, later::equals)))
        .contains("in tick 100");
    rig.granted(seal(102, 7, scene.scene.hash(), a6, later, _ -> true));
  }

  @Test
  void aProvisionalSealBindsNothingUntilAFinalOneBuildsOnIt() {
    grant(100, 7, a7, a6, early);
    grant(101, 7, b7, a6, early);
    grant(102, 7, a7, a6, early);
    grant(103, 8, a8, a7, ctx);
    refuse(104, 7, b7, a6, ctx);
    refuse(104, 8, b8, b7, ctx);
    rig = rig.reopened();
    refuse(110, 7, b7, a6, ctx);
  }

  @Test
  void doesNotBuildAFinalSealOnANumberThatAnotherFinalOneHas() {
    grant(100, 7, a7, a6, early);
    grant(101, 7, b7, a6, ctx);
    assertThat(SigningRig.reason(seal(102, 8, a8, a7, ctx, DeadCheck.NONE)))
        .contains("block 7 of rollup");
    grant(102, 8, b8, b7, ctx);
  }

  @Test
  void aFinalSealClaimsTheDeadBlocksThatItBuildsOn() {
    grant(100, 7, a7, a6, ctx);
    Ctx later =
        new Ctx(ctx.anchorNumber() + 1, scene.scene.hash(), ctx.windowParent(), ctx.flags());
    rig.granted(seal(101, 8, a8, a7, later, ctx::equals));
    assertThat(SigningRig.reason(seal(102, 7, b7, a6, later, ctx::equals)))
        .contains("was sealed with another hash in tick 100");
  }

  @Test
  void anotherWindowTakesANumberWhoseBlockL1HasReplacedBelow() {
    grant(100, 7, a7, a6, ctx);
    grant(101, 8, a8, a7, ctx);
    Ctx next = new Ctx(ctx.anchorNumber() + 9, scene.scene.hash(), scene.scene.hash(), ctx.flags());
    DeadCheck notYet = replaced(6, b7);
    assertThat(SigningRig.reason(seal(200, 8, b8, b7, next, notYet)))
        .contains("was sealed with another hash in tick 101");
    DeadCheck below = replaced(6, a6);
    assertThat(SigningRig.reason(seal(200, 8, b8, b7, ctx, below)))
        .as("what it stands on is the same: that would be a contradiction")
        .contains("was sealed with another hash in tick 101");
    rig = rig.reopened();
    rig.granted(seal(210, 8, b8, b7, next, below));
    assertThat(SigningRig.reason(seal(211, 8, a8, a7, ctx, DeadCheck.NONE)))
        .contains("was sealed with another hash in tick 210");
  }

  /** L1 holds another block than this one for the number. */
  private static DeadCheck replaced(long number, Hash32 hash) {
    return new DeadCheck() {
      @Override
      public boolean isDead(Ctx earlier) {
        return false;
      }

      @Override
      public boolean isReplaced(long rollupId, long asked, Hash32 blockHash) {
        return asked == number && blockHash.equals(hash);
      }
    };
  }

  @Test
  void givesUpOnANumberThatWasSealedTooOften() {
    for (int i = 0; i < NumberRule.MAX_HASHES; i++) {
      grant(100 + i, 7, scene.scene.hash(), a6, early);
    }
    assertThat(SigningRig.reason(seal(300, 7, scene.scene.hash(), a6, early, DeadCheck.NONE)))
        .contains("too often");
  }
}
