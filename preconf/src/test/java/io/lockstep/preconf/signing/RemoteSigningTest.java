// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Scene;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.signer.FakeWeb3Signer;
import io.lockstep.preconf.signer.FakeWeb3Signer.Mood;
import io.lockstep.preconf.signer.Signers;
import io.lockstep.preconf.signer.Web3Signer;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The guard before a key that another process holds, over real HTTP and a real store. */
class RemoteSigningTest {
  private static final long WINDOW = 5;
  private static final long TICK = 100;
  private static final long TIMEOUT_MS = 300;

  @TempDir Path dir;

  private final SigningScene scene = new SigningScene(20261124L);
  private final Ctx ctx = scene.ctx();
  private final Signers signers = new Signers();
  private FakeWeb3Signer server;
  private Web3Signer key;
  private SigningRig rig;

  @BeforeEach
  void open() throws Exception {
    server = new FakeWeb3Signer(scene.scene.key());
    key = signers.remote(server.key(TIMEOUT_MS));
    assertThat(key.look()).isNull();
    rig = SigningRig.open(scene, dir, SigningRig.Options.PLAIN.heldBy(key));
    assertThat(rig.signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
  }

  @AfterEach
  void close() {
    rig.close();
    signers.close();
    server.close();
  }

  private void honestAgain() {
    server.mood = Mood.HONEST;
    assertThat(key.look()).isNull();
  }

  @Test
  void signsFragsSealsAndNothingTwice() {
    Frag frag = rig.grantFrag(WINDOW, TICK, ctx);
    rig.granted(rig.sign(frag, ctx));
    rig.grantFrag(WINDOW, TICK, ctx);
    rig.grantSeal(WINDOW, TICK, ctx, false);

    assertThat(server.asked()).hasSize(3).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource(Mood.class)
  void givesNothingOutThatTheHolderHasNotSigned(Mood mood) {
    rig.grantFrag(WINDOW, TICK, ctx);
    long written = rig.commits.written();
    server.mood = mood;
    Place place = new Place(TICK, false, 1);
    Hash32 before = rig.database.journalledFrags(TICK).getFirst().frag().object().identity();
    Frag frag = rig.frag(WINDOW, TICK, 1, before, ctx);
    SigningOutcome<FragMessage> outcome = rig.sign(frag, ctx);
    if (mood.isGood()) {
      rig.granted(outcome);
      return;
    }
    assertThat(outcome).isInstanceOf(SigningOutcome.Unanswered.class);
    assertThat(SigningRig.reason(outcome)).contains(mood.refusal);
    assertThat(rig.database.record(place)).isNull();
    assertThat(rig.commits.written()).isEqualTo(written);
    assertThat(rig.signer.verdict(0))
        .isInstanceOfSatisfying(
            SigningVerdict.Away.class, away -> assertThat(away.why()).contains(mood.refusal));

    // It may have been signed all the same: nothing else goes there, nor the seal without it.
    honestAgain();
    rig.refuse(rig.frag(WINDOW, TICK, 1, before, ctx), ctx, "something else was asked for");
    rig.refuse(rig.seal(WINDOW, TICK, ctx, false), ctx, "something else was asked for");
    assertThat(rig.signer.mayOpen(TICK, WINDOW)).isFalse();

    rig.granted(rig.sign(frag, ctx));
    rig.grantSeal(WINDOW, TICK, ctx, false);
    assertThat(server.asked().stream().distinct()).hasSize(3);
  }

  @Test
  void asksForASealAgainAndForNoOther() {
    rig.grantFrag(WINDOW, TICK, ctx);
    var blocks = rig.newBlocks(TICK);
    Seal seal = scene.seal(WINDOW, TICK, ctx, blocks, false);
    server.mood = Mood.SLOW;
    assertThat(rig.sign(seal, ctx, blocks)).isInstanceOf(SigningOutcome.Unanswered.class);
    honestAgain();

    rig.refuse(rig.seal(WINDOW, TICK, ctx, false), ctx, "something else was asked for");
    rig.granted(rig.sign(seal, ctx, blocks));
    rig.grantFrag(WINDOW, TICK + 1, ctx);
  }

  @Test
  void leavesTheTickBehindWhenTheHolderWasNotHeard() {
    server.mood = Mood.CUT_OFF;
    Frag lost = rig.frag(WINDOW, TICK, 0, Hash32.ZERO, ctx);
    assertThat(rig.sign(lost, ctx)).isInstanceOf(SigningOutcome.Unanswered.class);
    honestAgain();

    assertThat(rig.signer.mayOpen(TICK, WINDOW)).isFalse();
    assertThat(rig.signer.mayOpen(TICK + 1, WINDOW)).isTrue();
    rig.grantFrag(WINDOW, TICK + 1, ctx);
    rig.refuse(lost, ctx, "lies below");
  }

  @Test
  void aRestartDoesNotGoOnWithATickOfWhichSomethingWasAskedAndNotHeard() {
    Frag first = rig.grantFrag(WINDOW, TICK, ctx);
    server.mood = Mood.CUT_OFF;
    Frag lost = rig.frag(WINDOW, TICK, 1, first.identity(), ctx);
    assertThat(rig.sign(lost, ctx)).isInstanceOf(SigningOutcome.Unanswered.class);
    honestAgain();

    rig = rig.reopened();
    assertThat(rig.signer.unfinished())
        .hasValueSatisfying(found -> {
          assertThat(found.tick()).isEqualTo(TICK);
          assertThat(found.mayContinue()).isFalse();
        });
    rig.refuse(rig.frag(WINDOW, TICK, 1, first.identity(), ctx), ctx, "");
    rig.refuse(rig.seal(WINDOW, TICK, ctx, false), ctx, "");
    assertThat(server.asked()).hasSize(2);
  }

  @Test
  void aRestartGoesOnWithATickOfWhichEverythingWasHeard() {
    rig.grantFrag(WINDOW, TICK, ctx);
    rig = rig.reopened();
    assertThat(rig.signer.unfinished())
        .hasValueSatisfying(found -> assertThat(found.mayContinue()).isTrue());
    rig.grantFrag(WINDOW, TICK, ctx);
    rig.grantSeal(WINDOW, TICK, ctx, false);
  }

  @Test
  void aHolderThatIsKnownToBeAwayIsNotAskedAndTakesNoPlace() {
    server.die();
    assertThat(key.look()).contains("is away");
    assertThat(rig.sign(rig.frag(WINDOW, TICK, 0, Hash32.ZERO, ctx), ctx))
        .isInstanceOf(SigningOutcome.Unanswered.class);
    assertThat(rig.database.hasAsked()).isFalse();
  }

  @Test
  void aPromisesNonceIsSpentByTheQuestion() {
    Transaction tx = scene.scene.transaction();
    List<FragMessage.Part> parts =
        List.of(scene.scene.part(Scene.FIRST_ROLLUP, TICK, 0, new Transaction[] {tx}));
    Hash32 root = FragMessage.tree(FragMessage.leaves(parts)).root();
    Frag frag = scene.frag(WINDOW, TICK, 0, Hash32.ZERO, ctx, root, TICK);
    TxLeaf leaf =
        rig.granted(rig.signer.sign(frag, ctx, SigningScene.OPERATOR, parts)).leaves().getFirst();

    server.mood = Mood.SLOW;
    assertThat(promise(leaf, tx, 0)).isInstanceOf(SigningOutcome.Unanswered.class);
    honestAgain();
    assertThat(rig.signer.nextPromiseNonce(WINDOW)).isEqualTo(1);
    assertThat(rig.signer.nextPromiseNonce(WINDOW + 1)).isZero();
    assertThat(SigningRig.reason(promise(leaf, tx, 0))).contains("1 does");
    rig.granted(promise(leaf, tx, 1));

    rig = rig.reopened();
    assertThat(rig.signer.nextPromiseNonce(WINDOW)).isEqualTo(2);
  }

  private SigningOutcome<PromiseMessage> promise(TxLeaf leaf, Transaction tx, long nonce) {
    Promise promise =
        Promise.of(
            scene.scene.clusterId(),
            WINDOW,
            PromiseBody.Execution.of(leaf),
            UInt256.of(7),
            TICK + 3,
            ctx.hash(),
            nonce);
    return rig.signer.sign(
        promise,
        ctx,
        new CommitmentSigner.PromiseRequest(SigningScene.OPERATOR, TICK, Hash32.ZERO, tx));
  }
}
