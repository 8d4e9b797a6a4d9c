// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Scene;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guard before the committer key, on a real store. */
class CommitmentSignerTest {
  private static final Column OTHER = new Column("other");
  private static final byte[] KEY = {1};

  @TempDir Path dir;

  private final Scene scene = new Scene(20261122L);
  private final Ctx ctx = scene.ctx();
  private RocksStore store;
  private CommitmentSigner signer;

  @BeforeEach
  void open() {
    open(scene.key(), scene.domain());
  }

  private void open(SecretKey key, CommitmentDomain domain) {
    List<Column> columns = new ArrayList<>(CommitmentSigner.columns());
    columns.add(OTHER);
    store = RocksStore.open(dir, columns);
    signer = new CommitmentSigner(key, domain, store, KeyValueStore.Durability.PROCESS);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void reopen() {
    store.close();
    open();
  }

  private Frag frag(long window, long tick, long fragIdx) {
    return scene.frag(window, tick, fragIdx, ctx, scene.hash());
  }

  private Seal seal(long window, long tick, boolean eop) {
    return scene.seal(window, tick, ctx, scene.hash(), eop);
  }

  private Signed<Frag> granted(Frag frag) {
    return granted(signer.sign(frag, ctx, (_, _) -> {}), frag);
  }

  private Signed<Seal> granted(Seal seal) {
    return granted(signer.sign(seal, ctx, (_, _) -> {}), seal);
  }

  private <T extends SignedObject> Signed<T> granted(SigningOutcome<T> outcome, T object) {
    assertThat(outcome).isInstanceOf(SigningOutcome.Granted.class);
    Signed<T> signed = ((SigningOutcome.Granted<T>) outcome).signed();
    assertThat(signed.object()).isEqualTo(object);
    assertThat(scene.domain().signer(signed)).isEqualTo(scene.key().address());
    return signed;
  }

  private void refused(Frag frag, String why) {
    refused(signer.sign(frag, ctx, (_, _) -> fail()), why);
  }

  private void refused(Seal seal, String why) {
    refused(signer.sign(seal, ctx, (_, _) -> fail()), why);
  }

  private static void fail() {
    throw new AssertionError("nothing is written along with a refusal or a repetition");
  }

  private static void refused(SigningOutcome<?> outcome, String why) {
    String reason =
        switch (outcome) {
          case SigningOutcome.Granted<?> granted -> "granted: " + granted.signed().object();
          case SigningOutcome.Refused<?> no -> no.reason();
        };
    assertThat(reason).contains(why);
  }

  @Test
  void signsPlacesInTheirOrder() {
    assertThat(signer.committer()).isEqualTo(scene.key().address());
    assertThat(signer.highestTick()).isEqualTo(-1);
    granted(frag(5, 100, 0));
    granted(frag(5, 100, 1));
    granted(frag(5, 100, 256));
    granted(seal(5, 100, false));
    granted(frag(5, 101, 0));
    granted(frag(5, 300, 0));
    granted(seal(5, 300, true));
    assertThat(signer.highestTick()).isEqualTo(300);
  }

  @Test
  void refusesLowerPlaces() {
    granted(frag(5, 100, 3));
    refused(frag(5, 99, 9), "below what was signed");
    refused(frag(5, 100, 2), "below what was signed");
    refused(seal(5, 99, false), "below what was signed");
    granted(seal(5, 100, false));
    refused(frag(5, 100, 4), "below what was signed");
    refused(frag(5, 100, 0xffffffffL), "below what was signed");
    granted(frag(5, 101, 0));
    refused(seal(5, 99, false), "below what was signed");
  }

  @Test
  void refusesAnotherStatementAtTheSamePlace() {
    Frag frag = frag(5, 100, 3);
    Seal seal = seal(5, 100, false);
    granted(frag);
    refused(frag(5, 100, 3), "something else");
    granted(seal);
    refused(seal(5, 100, false), "something else");
    refused(seal(5, 100, true), "something else");
    refused(frag(5, 100, 3), "something else");
  }

  @Test
  void refusesTheSameStatementWithAnotherMoment() {
    Frag frag = frag(5, 100, 3);
    granted(frag);
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
    refused(later, "something else");
    Seal seal = seal(5, 100, false);
    granted(seal);
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
    refused(laterSeal, "something else");
  }

  @Test
  void givesTheRecordedBytesAgainAndWritesNothingWithThem() {
    Frag frag = frag(5, 100, 3);
    Signed<Frag> first = granted(frag);
    granted(seal(5, 100, true));
    SigningOutcome<Frag> again = signer.sign(frag, ctx, (_, _) -> fail());
    assertThat(again).isEqualTo(new SigningOutcome.Granted<>(first));
    reopen();
    assertThat(signer.sign(frag, ctx, (_, _) -> fail()))
        .isEqualTo(new SigningOutcome.Granted<>(first));
  }

  @Test
  void signsNothingMoreOfAWindowThatItEnded() {
    granted(frag(5, 100, 0));
    granted(seal(5, 100, true));
    refused(frag(5, 101, 0), "window 5 is over");
    refused(seal(5, 101, false), "window 5 is over");
    refused(frag(4, 101, 0), "window 4 is over");
    granted(frag(6, 101, 0));
    reopen();
    refused(frag(5, 102, 0), "window 5 is over");
    granted(seal(6, 101, false));
  }

  @Test
  void saysWhatMayBeOpened() {
    assertThat(signer.mayOpen(0, 0)).isTrue();
    granted(frag(5, 100, 0));
    assertThat(signer.mayOpen(100, 5)).isFalse();
    assertThat(signer.mayOpen(99, 5)).isFalse();
    assertThat(signer.mayOpen(101, 5)).isTrue();
    granted(seal(5, 100, true));
    assertThat(signer.mayOpen(101, 5)).isFalse();
    assertThat(signer.mayOpen(101, 4)).isFalse();
    assertThat(signer.mayOpen(101, 6)).isTrue();
    reopen();
    assertThat(signer.mayOpen(100, 6)).isFalse();
    assertThat(signer.mayOpen(101, 5)).isFalse();
    assertThat(signer.mayOpen(101, 6)).isTrue();
  }

  @Test
  void remembersEverythingAfterAReopening() {
    Frag frag = frag(5, 100, 0x80000000L);
    granted(frag);
    reopen();
    assertThat(signer.highestTick()).isEqualTo(100);
    refused(frag(5, 100, 0x80000000L), "something else");
    refused(frag(5, 100, 7), "below what was signed");
    granted(frag);
    granted(frag(5, 100, 0x80000001L));
    granted(seal(5, 100, false));
    reopen();
    refused(frag(5, 100, 0xffffffffL), "below what was signed");
  }

  @Test
  void writesWhatGoesAlongInOneBatch() {
    Frag frag = frag(5, 100, 0);
    granted(signer.sign(frag, ctx, (batch, _) -> batch.put(OTHER, KEY, KEY)), frag);
    assertThat(store.get(OTHER, KEY)).isEqualTo(KEY);
    reopen();
    assertThat(store.get(OTHER, KEY)).isEqualTo(KEY);
  }

  @Test
  void hasSignedNothingWhenWhatGoesAlongFails() {
    Frag frag = frag(5, 100, 0);
    assertThatThrownBy(() ->
            signer.sign(
                frag,
                ctx,
                (batch, _) -> {
                  batch.put(OTHER, KEY, KEY);
                  throw new IllegalStateException("full");
                }))
        .hasMessage("full");
    assertThat(store.get(OTHER, KEY)).isNull();
    assertThat(signer.highestTick()).isEqualTo(-1);
    granted(frag(5, 100, 0));
  }

  @Test
  void refusesACtxThatIsNotTheSignedOne() {
    assertThatThrownBy(() -> signer.sign(frag(5, 100, 0), scene.ctx(), (_, _) -> fail()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(signer.highestTick()).isEqualTo(-1);
  }

  @Test
  void doesNotPassOffASignatureOfAnotherKeyOrDomainAsItsOwn() {
    Frag frag = frag(5, 100, 0);
    granted(frag);
    store.close();
    open(scene.secretKey(), scene.domain());
    refused(frag, "with another key or domain");
    store.close();
    open(scene.key(), new CommitmentDomain(Scene.L1_CHAIN_ID, scene.address()));
    refused(frag, "with another key or domain");
    reopen();
    granted(frag);
  }

  @Test
  void hasNoPlaceForAFragIndexOf33Bits() {
    assertThatThrownBy(() -> frag(5, 100, 1L << 32)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> frag(5, 100, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(frag(5, 100, 0).prevFragHash()).isNotEqualTo(Hash32.ZERO);
  }
}
