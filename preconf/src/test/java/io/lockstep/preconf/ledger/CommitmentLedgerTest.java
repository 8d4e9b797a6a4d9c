// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.CommitmentCheck;
import io.lockstep.preconf.commitment.CommitmentJson;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Scene;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitmentLedgerTest {
  @TempDir Path dir;

  private final Scene scene = new Scene(20261122L);
  private final Ctx ctx = scene.ctx();
  private RocksStore store;
  private CommitmentLedger ledger;

  @BeforeEach
  void open() {
    store = RocksStore.open(dir, CommitmentLedger.columns());
    ledger = new CommitmentLedger(store, scene.domain());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Commitment found(Hash32 txHash) {
    Commitment commitment = ledger.commitment(txHash);
    assertThat(commitment).as("commitment about %s", txHash).isNotNull();
    assertThat(commitment.leaf().txHash()).isEqualTo(txHash);
    assertThat(commitment.committer()).isEqualTo(scene.key().address());
    assertThat(CommitmentCheck.disagreement(scene.domain(), scene.clusterId(), commitment))
        .isEmpty();
    return commitment;
  }

  private void own(FragMessage message) {
    ledger.put(message);
    ledger.released(message);
  }

  private void own(SealMessage message) {
    ledger.put(message);
    ledger.released(message);
  }

  @Test
  void showsNobodyWhatIsSignedAndNotReleased() {
    ReleasedLedger shown = new ReleasedLedger(ledger);
    FragMessage first = scene.fragMessage(9, 100, 0, ctx, 1);
    FragMessage second = scene.fragMessage(9, 100, 1, ctx, 1);
    SealMessage seal = scene.sealMessage(9, 100, ctx, 1);
    own(first);
    ledger.put(second);
    ledger.put(seal);
    Hash32 txHash = transactions(second).getFirst().hash();
    assertThat(shown.commitment(txHash)).isNull();
    assertThat(shown.fragsFrom(0, 10, 1 << 20)).containsExactly(first);
    assertThat(shown.seal(100)).isNull();
    assertThat(shown.seals(0, 10, 1 << 20)).isEmpty();
    assertThat(ledger.seal(100)).as("the loop itself goes on from it").isEqualTo(seal);

    ledger.released(second);
    assertThat(shown.commitment(txHash)).isNotNull();
    assertThat(shown.fragsFrom(0, 10, 1 << 20)).containsExactly(first, second);
    ledger.released(seal);
    assertThat(shown.seal(100)).isEqualTo(seal);
    assertThat(shown.seals(0, 10, 1 << 20)).containsExactly(seal);
  }

  private static List<Transaction> transactions(FragMessage message) {
    return message.parts().stream().flatMap(part -> part.transactions().stream()).toList();
  }

  @Test
  void knowsNothingAtFirst() {
    assertThat(ledger.commitment(scene.hash())).isNull();
    assertThat(ledger.seal(100)).isNull();
    assertThat(ledger.seals(0, 10, 1_000)).isEmpty();
  }

  @Test
  void provesEveryTransactionOfAFragAndThenItsSeal() throws DecodeException {
    FragMessage message = scene.fragMessage(9, 100, 0, ctx, 3, 2);
    ledger.record(message);
    for (Transaction tx : transactions(message)) {
      assertThat(found(tx.hash()).seal()).isNull();
      assertThat(found(tx.hash()).signed()).isEqualTo(message.frag());
    }
    SealMessage seal = scene.sealMessage(9, 100, ctx, 2);
    assertThat(ledger.record(seal)).isTrue();
    for (Transaction tx : transactions(message)) {
      Commitment commitment = found(tx.hash());
      Commitment.SealProof proof = commitment.seal();
      assertThat(proof).isNotNull();
      assertThat(proof.signed()).isEqualTo(seal.seal());
      assertThat(proof.leaf().rollupId()).isEqualTo(commitment.leaf().rollupId());
      Commitment read =
          CommitmentJson.read(
              scene.domain(), CommitmentJson.write(scene.domain(), commitment, "sealed"));
      assertThat(CommitmentCheck.disagreement(scene.domain(), scene.clusterId(), read)).isEmpty();
    }
  }

  @Test
  void keepsWhatItHasOverAReopening() {
    FragMessage message = scene.fragMessage(9, 100, 0, ctx, 2);
    own(message);
    own(scene.sealMessage(9, 100, ctx, 1));
    store.close();
    open();
    assertThat(found(transactions(message).get(1).hash()).seal()).isNotNull();
    assertThat(ledger.seal(100)).isNotNull();
  }

  @Test
  void givesTheLatestPlaceOfATransaction() {
    Transaction tx = scene.transaction();
    FragMessage first =
        scene.fragMessage(
            9, 100, 0, ctx, List.of(scene.part(901, 100, 1, scene.transaction(), tx)));
    FragMessage second = scene.fragMessage(9, 102, 1, ctx, List.of(scene.part(901, 102, 1, tx)));
    ledger.record(first);
    ledger.record(scene.sealMessage(9, 100, ctx, 1));
    ledger.record(second);
    Commitment commitment = found(tx.hash());
    assertThat(commitment.leaf().number()).isEqualTo(102);
    assertThat(commitment.seal()).as("the seal of tick 100 is not about it").isNull();
    ledger.record(scene.sealMessage(9, 102, ctx, 1));
    assertThat(found(tx.hash()).seal()).isNotNull();
  }

  @Test
  void keepsTheFirstOfTwoFragsForOnePlace() {
    FragMessage first = scene.fragMessage(9, 100, 0, ctx, 3);
    FragMessage second = scene.fragMessage(9, 100, 0, ctx, 2);
    assertThat(ledger.record(first)).isTrue();
    assertThat(ledger.record(second)).isFalse();
    for (Transaction tx : transactions(first)) {
      assertThat(found(tx.hash()).signed()).isEqualTo(first.frag());
    }
    for (Transaction tx : transactions(second)) {
      assertThat(ledger.commitment(tx.hash())).isNull();
    }
  }

  @Test
  void answersNothingAboutATransactionWhoseFragWasDisplaced() {
    FragMessage heard = scene.fragMessage(9, 100, 0, ctx, 3);
    FragMessage ours = scene.fragMessage(9, 100, 0, ctx, 2);
    ledger.record(heard);
    own(ours);
    for (Transaction tx : transactions(heard)) {
      assertThat(ledger.commitment(tx.hash())).isNull();
    }
    transactions(ours).forEach(tx -> found(tx.hash()));
  }

  @Test
  void doesNotAddASealThatIsNotAboutTheFrag() {
    FragMessage message = scene.fragMessage(9, 100, 0, ctx, 1);
    Hash32 txHash = transactions(message).getFirst().hash();
    List<SealMessage> foreign =
        List.of(
            scene.sealMessage(8, 100, ctx, 1),
            scene.sealMessage(9, 100, scene.ctx(), 1),
            scene.sealMessage(9, 100, ctx, 1, 0, scene.secretKey()));
    ledger.record(message);
    for (SealMessage seal : foreign) {
      own(seal);
      assertThat(found(txHash).seal()).isNull();
    }
    FragMessage elsewhere =
        scene.fragMessage(9, 101, 0, ctx, List.of(scene.part(950, 101, 1, scene.transaction())));
    ledger.record(elsewhere);
    ledger.record(scene.sealMessage(9, 101, ctx, 2));
    assertThat(found(transactions(elsewhere).getFirst().hash()).seal()).isNull();
  }

  @Test
  void keepsTheFirstOfTwoSealsForOneTick() {
    SealMessage first = scene.sealMessage(9, 100, ctx, 1);
    assertThat(ledger.record(first)).isTrue();
    assertThat(ledger.record(scene.sealMessage(9, 100, scene.ctx(), 1))).isFalse();
    assertThat(ledger.record(first)).isFalse();
    assertThat(ledger.seal(100)).isEqualTo(first);
  }

  @Test
  void givesSealsInTheirOrderWithinBothLimits() {
    for (long tick : new long[] {300, 7, 100, 101, 256}) {
      ledger.record(scene.sealMessage(9, tick, ctx, 1));
    }
    assertThat(ticks(0, 10, 1 << 20)).containsExactly(7L, 100L, 101L, 256L, 300L);
    assertThat(ticks(-5, 2, 1 << 20)).containsExactly(7L, 100L);
    assertThat(ticks(101, 10, 1 << 20)).containsExactly(101L, 256L, 300L);
    assertThat(ticks(102, 1, 1 << 20)).containsExactly(256L);
    assertThat(ticks(301, 10, 1 << 20)).isEmpty();
    assertThat(ticks(0, 0, 1 << 20)).isEmpty();
    assertThat(ticks(0, 10, 1)).as("one at least").containsExactly(7L);
    int two = ledger.seals(0, 2, 1 << 20).stream().mapToInt(seal -> seal.encoded().size()).sum();
    assertThat(ticks(0, 10, two)).containsExactly(7L, 100L);
    assertThat(ticks(0, 10, two - 1)).containsExactly(7L);
  }

  private List<Long> ticks(long first, int limit, int limitBytes) {
    return ledger.seals(first, limit, limitBytes).stream().map(SealMessage::tick).toList();
  }

  @Test
  void keepsNoHeartbeats() {
    own(scene.fragMessage(9, 100, 0, ctx));
    ledger.record(scene.fragMessage(9, 100, 1, ctx));
    int[] count = {0};
    store.scan(
        new Column("ledger-frags"),
        new byte[0],
        (_, _) -> {
          count[0]++;
          return true;
        });
    assertThat(count[0]).isZero();
  }

  @Test
  void givesASealWithoutItsTransactions() {
    SealMessage message = scene.sealMessage(9, 100, ctx, 3);
    assertThat(ledger.sealHead(100)).isNull();
    own(message);
    SealMessage head = ledger.sealHead(100);
    assertThat(head).isNotNull();
    assertThat(head.seal()).isEqualTo(message.seal());
    assertThat(head.operatorId()).isEqualTo(message.operatorId());
    assertThat(head.blocks())
        .isEqualTo(
            message.blocks().stream()
                .map(block ->
                    new SealMessage.SealedBlock(
                        block.leaf(), block.path(), block.gasLimit(), List.of()))
                .toList());
    assertThat(message.blocks()).anyMatch(block -> !block.transactions().isEmpty());
  }

  @Test
  void reportsDamageInsteadOfAnAnswer() {
    FragMessage message = scene.fragMessage(9, 100, 0, ctx, 1);
    Frag frag = message.frag().object();
    own(message);
    byte[] key = ByteBuffer.allocate(12).putLong(frag.tick()).putInt(0).array();
    byte[] damaged = message.encoded().toArray();
    damaged[damaged.length - 1] ^= 1;
    store.commit(
        store
            .newBatch()
            .put(new Column("ledger-frags"), key, damaged)
            .put(new Column("ledger-seals"), ByteBuffer.allocate(8).putLong(100).array(), damaged),
        KeyValueStore.Durability.PROCESS);
    assertThatThrownBy(() -> ledger.commitment(transactions(message).getFirst().hash()))
        .isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> ledger.seal(100)).isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> ledger.sealHead(100)).isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> ledger.seals(0, 1, 100)).isInstanceOf(StorageException.class);
  }

  @Test
  void findsAPromiseByItsRequestAndItsTransaction() {
    Transaction tx = scene.transaction();
    PromiseMessage first = promise(80, 0, tx);
    PromiseMessage second = promise(81, 1, tx);
    PromiseMessage lock = promise(81, 2, null);
    for (PromiseMessage message : List.of(first, second, lock)) {
      assertThat(ledger.record(message)).isTrue();
      assertThat(ledger.record(message)).isFalse();
      assertThat(ledger.promiseFor(message.requestHash())).isEqualTo(message);
    }
    assertThat(ledger.promisesOf(tx.hash())).containsExactly(first, second);
    assertThat(ledger.promisesOf(scene.hash())).isEmpty();
    assertThat(ledger.promiseFor(scene.hash())).isNull();
    assertThat(ledger.promisesFrom(81, 10)).containsExactly(second, lock);
    assertThat(ledger.promisesFrom(0, 1)).containsExactly(first);
  }

  private PromiseMessage promise(long tick, long nonce, @Nullable Transaction tx) {
    PromiseBody body =
        new PromiseBody.Execution(Scene.FIRST_ROLLUP, tick, 1, scene.hash(), scene.hash());
    return new PromiseMessage(
        scene.sign(scene.promise(7, ctx, body, nonce), ctx), 3, tick, scene.hash(), tx);
  }
}
