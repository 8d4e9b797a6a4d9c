// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Signatures come at once; that they are durable is told later, and never when it is not so. */
class GroupCommitTest {
  private final SigningScene scene = new SigningScene(77);
  private final Ctx ctx = scene.ctx();
  private final MemoryStore store = new MemoryStore();
  private final SigningDatabase database = database();
  private final GroupCommit commits = GroupCommit.fsync(database);
  private final CommitmentSigner signer = signer(commits);

  private SigningDatabase database() {
    try {
      return SigningDatabaseOpening.over(
          store, new MemoryStore(), scene.scope(), new Lease("h", "m", "d", "1", "b", true));
    } catch (SigningDatabaseRefused e) {
      throw new AssertionError(e);
    }
  }

  private CommitmentSigner signer(GroupCommit durability) {
    CommitmentSigner out =
        new CommitmentSigner(scene.scene.key(), scene.scene.domain(), database, durability, 0, 0);
    assertThat(out.verdict(0)).isEqualTo(new SigningVerdict.Ready());
    return out;
  }

  /** Signs so many frags of tick 100; returns the last one's ticket. */
  private long sign(int frags) {
    long ticket = 0;
    Hash32 previous = Hash32.ZERO;
    for (int i = 0; i < frags; i++) {
      var frag = scene.frag(5, 100, i, previous, ctx, SigningScene.emptyRoot(), i);
      SigningOutcome<FragMessage> outcome =
          signer.sign(frag, ctx, SigningScene.OPERATOR, List.of());
      assertThat(outcome).isInstanceOf(SigningOutcome.Granted.class);
      ticket = ((SigningOutcome.Granted<FragMessage>) outcome).ticket();
      previous = frag.identity();
    }
    return ticket;
  }

  @Test
  void oneSyncCoversAllThatWaited() {
    List<Long> told = new ArrayList<>();
    commits.onDurable(() -> told.add(commits.durable()));
    assertThat(commits.step()).isFalse();
    assertThat(sign(5)).isEqualTo(5);
    assertThat(signer.durability().written()).isEqualTo(5);
    assertThat(signer.durability().durable()).isZero();
    assertThat(store.syncs()).isZero();

    assertThat(commits.step()).isTrue();
    assertThat(signer.durability().durable()).isEqualTo(5);
    assertThat(store.syncs()).isEqualTo(1);
    assertThat(told).containsExactly(5L);
    assertThat(commits.step()).isFalse();
    assertThat(store.syncs()).isEqualTo(1);
  }

  @Test
  void theThreadSyncsWhatWaitedMeanwhileWithOneFurtherSync() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch all = new CountDownLatch(1);
    List<Long> told = new ArrayList<>();
    GroupCommit slow =
        GroupCommit.over(() -> {
          begun.countDown();
          try {
            held.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    slow.onDurable(() -> {
      told.add(slow.durable());
      if (slow.durable() == 4) {
        all.countDown();
      }
    });
    slow.start((_, e) -> {
      throw new AssertionError(e);
    });
    slow.wrote();
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    slow.wrote();
    slow.wrote();
    slow.wrote();
    assertThat(slow.written()).isEqualTo(4);
    assertThat(slow.durable()).isZero();
    held.countDown();
    assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
    slow.close();
    assertThat(told).containsExactly(1L, 4L);
  }

  @Test
  void closingSyncsWhatWaits() {
    GroupCommit started = GroupCommit.over(() -> {});
    started.start((_, e) -> {
      throw new AssertionError(e);
    });
    for (int i = 0; i < 100; i++) {
      started.wrote();
    }
    started.close();
    assertThat(started.durable()).isEqualTo(100);
  }

  @Test
  void nothingBecomesDurableAfterAFailedSync() {
    sign(3);
    store.breakDisk();
    assertThat(commits.step()).isTrue();
    assertThat(commits.durable()).isZero();
    assertThat(commits.failure()).hasMessageContaining("broken");
    assertThat(commits.step()).isFalse();
    assertThat(signer.verdict(0))
        .isInstanceOfSatisfying(
            SigningVerdict.Refusing.class, r -> assertThat(r.why()).contains("disk has failed"));
    var next = scene.frag(5, 101, 0, Hash32.ZERO, ctx, SigningScene.emptyRoot(), 9);
    assertThat(SigningRig.reason(signer.sign(next, ctx, SigningScene.OPERATOR, List.of())))
        .contains("disk has failed");
  }

  @Test
  void nothingBecomesDurableAfterAFailedWrite() {
    sign(3);
    store.breakDisk();
    var next = scene.frag(5, 101, 0, Hash32.ZERO, ctx, SigningScene.emptyRoot(), 9);
    assertThatThrownBy(() -> signer.sign(next, ctx, SigningScene.OPERATOR, List.of()))
        .isInstanceOf(StorageException.class);
    assertThat(commits.step()).isFalse();
    assertThat(commits.durable()).isZero();
    assertThat(signer.verdict(0)).isInstanceOf(SigningVerdict.Refusing.class);
    assertThat(signer.highestTick()).isEqualTo(100);
  }

  @Test
  void processDurabilityWaitsForNothing() {
    GroupCommit process = GroupCommit.process();
    process.start((_, e) -> {
      throw new AssertionError(e);
    });
    process.wrote();
    assertThat(process.written()).isEqualTo(1);
    assertThat(process.durable()).isEqualTo(1);
    assertThat(process.step()).isFalse();
    process.close();
  }
}
