// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Scene;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.preconf.fabric.FabricAnswer;
import io.lockstep.preconf.fabric.FabricAsk;
import io.lockstep.preconf.fabric.FabricCommitment;
import io.lockstep.preconf.fabric.FabricPayload;
import io.lockstep.preconf.fabric.FabricRequest;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which promises the signer gives and which it refuses, on a real store. */
class PromiseSigningTest {
  private static final long WINDOW = 5;
  private static final long TICK = 100;

  @TempDir Path dir;

  private final SigningScene scene = new SigningScene(20261123L);
  private Ctx ctx = scene.ctx();
  private SigningRig rig;
  private Transaction tx = scene.scene.transaction();
  private TxLeaf leaf;

  @BeforeEach
  void open() {
    rig = SigningRig.open(scene, dir);
    leaf = grant(TICK, 0, Hash32.ZERO, 3, tx, scene.scene.transaction()).leaves().getFirst();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private FragMessage grant(
      long tick, long index, Hash32 previous, long firstTxIdx, Transaction... txs) {
    List<FragMessage.Part> parts =
        List.of(scene.scene.part(Scene.FIRST_ROLLUP, tick, firstTxIdx, txs));
    Frag frag =
        scene.frag(
            WINDOW,
            tick,
            index,
            previous,
            ctx,
            FragMessage.tree(FragMessage.leaves(parts)).root(),
            tick);
    return rig.granted(rig.signer.sign(frag, ctx, SigningScene.OPERATOR, parts));
  }

  private Promise promise(PromiseBody body, long nonce) {
    return promise(body, nonce, UInt256.of(7), WINDOW, ctx);
  }

  private Promise promise(PromiseBody body, long nonce, UInt256 coverage, long window, Ctx under) {
    return Promise.of(
        scene.scene.clusterId(), window, body, coverage, TICK + 3, under.hash(), nonce);
  }

  private SigningOutcome<PromiseMessage> sign(Promise promise, long tick) {
    return rig.signer.sign(
        promise,
        ctx,
        new CommitmentSigner.PromiseRequest(SigningScene.OPERATOR, tick, Hash32.ZERO, tx));
  }

  private PromiseMessage grant(Promise promise) {
    return rig.granted(sign(promise, TICK));
  }

  private void refuse(Promise promise, String why) {
    assertThat(SigningRig.reason(sign(promise, TICK))).contains(why);
  }

  private PromiseBody.Inclusion inclusion(Hash32 txHash, long lastTick) {
    return new PromiseBody.Inclusion(
        Scene.FIRST_ROLLUP, scene.scene.address(), 9, txHash, lastTick);
  }

  @Test
  void promisesWhatItsFragsSay() {
    grant(promise(PromiseBody.Execution.of(leaf), 0));
    grant(promise(PromiseBody.Top.of(leaf), 1));
    grant(promise(inclusion(tx.hash(), TICK + 3), 2));
    grant(
        promise(
            new PromiseBody.StateLock(
                leaf.rollupId(),
                leaf.number(),
                leaf.parentHash(),
                scene.scene.address(),
                scene.scene.hash(),
                UInt256.ONE),
            3));
    assertThat(rig.signer.nextPromiseNonce(WINDOW)).isEqualTo(4);
    assertThat(rig.signer.nextPromiseNonce(WINDOW + 1)).isZero();
  }

  @Test
  void refusesWhatNoFragSays() {
    TxLeaf other =
        new TxLeaf(
            leaf.rollupId(),
            leaf.number(),
            leaf.parentHash(),
            leaf.txIdx(),
            leaf.txHash(),
            scene.scene.hash());
    refuse(promise(PromiseBody.Execution.of(other), 0), "no frag of tick 100");
    refuse(promise(PromiseBody.Top.of(other), 0), "no frag of tick 100");
    refuse(promise(inclusion(scene.scene.hash(), TICK + 3), 0), "in no frag of tick 100");
    refuse(promise(inclusion(tx.hash(), TICK + 2), 0), "not the deadline");
    refuse(
        promise(
            new PromiseBody.StateLock(
                leaf.rollupId(),
                leaf.number(),
                scene.scene.hash(),
                scene.scene.address(),
                scene.scene.hash(),
                UInt256.ONE),
            0),
        "is another one");
  }

  @Test
  void refusesTheTopToWhatIsNotTheFirst() {
    TxLeaf second = grant(TICK, 1, rigLast(), 5, scene.scene.transaction()).leaves().getFirst();
    refuse(promise(PromiseBody.Top.of(second), 0), "place 5 is not the first");
    grant(promise(PromiseBody.Execution.of(second), 0));
  }

  private Hash32 rigLast() {
    return rig.database.journalledFrags(TICK).getLast().frag().object().identity();
  }

  @Test
  void countsTheWindowsPromisesWithoutAGap() {
    refuse(promise(PromiseBody.Execution.of(leaf), 1), "does not follow");
    Promise first = promise(PromiseBody.Execution.of(leaf), 0);
    PromiseMessage given = grant(first);
    assertThat(grant(first)).isEqualTo(given);
    refuse(promise(PromiseBody.Top.of(leaf), 0), "something else was promised as 0");
    refuse(promise(PromiseBody.Top.of(leaf), 2), "does not follow");
    grant(promise(PromiseBody.Top.of(leaf), 1));
  }

  @Test
  void promisesInTheOpenTickOfItsWindowAlone() {
    PromiseBody body = PromiseBody.Execution.of(leaf);
    refuse(promise(body, 0, UInt256.ONE, WINDOW + 1, ctx), "in another window");
    assertThat(SigningRig.reason(sign(promise(body, 0), TICK + 1))).contains("is not open");
    rig.grantSeal(WINDOW, TICK, ctx, false);
    refuse(promise(body, 0), "is sealed");
  }

  @Test
  void promisesNothingAfterTheWindowsEnd() {
    rig.grantSeal(WINDOW, TICK, ctx, true);
    refuse(promise(PromiseBody.Execution.of(leaf), 0), "window 5 is over");
  }

  @Test
  void givesNoCoverageUnderAProvisionalSignature() {
    ctx = SigningScene.provisional(ctx);
    TxLeaf later = grant(TICK + 1, 0, Hash32.ZERO, 1, tx).leaves().getFirst();
    PromiseBody body = PromiseBody.Execution.of(later);
    assertThat(SigningRig.reason(sign(promise(body, 0), TICK + 1))).contains("bears no coverage");
    assertThat(sign(promise(body, 0, UInt256.ZERO, WINDOW, ctx), TICK + 1))
        .isInstanceOf(SigningOutcome.Granted.class);
  }

  @Test
  void goesOnCountingAfterAKillAndGivesTheLedgerWhatItLacks() {
    PromiseMessage given = grant(promise(PromiseBody.Execution.of(leaf), 0));
    rig = rig.reopened();
    CommitmentLedger ledger = new CommitmentLedger(rig.main, scene.scene.domain());
    assertThat(ledger.promisesOf(tx.hash())).isEmpty();
    assertThat(rig.database.completeLedger(ledger)).isEqualTo(2);
    assertThat(ledger.promisesOf(tx.hash())).containsExactly(given);
    refuse(promise(PromiseBody.Top.of(leaf), 0), "something else was promised");
    grant(promise(PromiseBody.Top.of(leaf), 1));
  }

  private FabricAsk fabric(UInt256 coverage) {
    return new FabricAsk(
        new FabricRequest(
            FabricPayload.TYPE_BASE + Promise.EXECUTION,
            new FabricPayload(leaf.rollupId(), tx.encoded(), 0, coverage).encoded(),
            scene.scene.domain().verifyingContract()),
        FabricAnswer.binding(
            scene.scene.clusterId(), scene.scene.domain(), Bytes.fromHex("0x20000089")));
  }

  private SigningOutcome<PromiseMessage> sign(Promise promise, FabricAsk ask) {
    return rig.signer.sign(
        promise,
        ctx,
        new CommitmentSigner.PromiseRequest(
            SigningScene.OPERATOR, TICK, ask.request().hash(), tx, ask));
  }

  @Test
  void answersAFabricRequestByWhatItPromisesAndKeepsTheAnswer() {
    Promise promise = promise(PromiseBody.Execution.of(leaf), 0);
    assertThat(SigningRig.reason(sign(promise, fabric(UInt256.ONE)))).contains("is not the one");
    assertThat(rig.signer.nextPromiseNonce(WINDOW)).as("nothing was signed").isZero();
    FabricAsk ask = fabric(promise.coverageWei());
    PromiseMessage given = rig.granted(sign(promise, ask));
    FabricCommitment commitment =
        FabricAnswer.commitment(given.promise(), ask.request().hash(), scene.scene.domain());
    assertThat(given.fabricSignature()).isNotNull();
    assertThat(
            Secp256k1.recover(
                ask.binding().signingRoot(commitment.root()), given.fabricSignature()))
        .isEqualTo(rig.signer.committer());
    rig = rig.reopened();
    CommitmentLedger ledger = new CommitmentLedger(rig.main, scene.scene.domain());
    rig.database.completeLedger(ledger);
    assertThat(ledger.promiseFor(ask.request().hash())).isEqualTo(given);
  }

  @Test
  void releasesAPromiseOnlyOnceItIsOnTheDisk() {
    rig.close();
    rig =
        SigningRig.open(
            scene, dir, SigningRig.Options.PLAIN.withMode(KeyValueStore.Durability.FSYNC));
    SigningOutcome<PromiseMessage> outcome = sign(promise(PromiseBody.Execution.of(leaf), 0), TICK);
    long ticket = ((SigningOutcome.Granted<PromiseMessage>) outcome).ticket();
    assertThat(rig.commits.durable()).isLessThan(ticket);
    rig.commits.step();
    assertThat(rig.commits.durable()).isGreaterThanOrEqualTo(ticket);
  }
}
