// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import static io.lockstep.sequencer.mempool.PoolFixtures.address;
import static io.lockstep.sequencer.mempool.PoolFixtures.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.mempool.AddResult.Added;
import io.lockstep.sequencer.mempool.AddResult.Code;
import io.lockstep.sequencer.mempool.AddResult.Known;
import io.lockstep.sequencer.mempool.AddResult.Refused;
import io.lockstep.sequencer.mempool.AddResult.Replaced;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MempoolTest {
  private final PoolFixtures accounts = new PoolFixtures();
  private final List<String> drops = new ArrayList<>();
  private final Mempool pool = pool(MempoolLimits.DEFAULT);

  private Mempool pool(MempoolLimits limits) {
    return new Mempool(
        limits, (tx, reason) -> drops.add(reason + " " + tx.nonce() + " of " + tx.sender()));
  }

  private static MempoolLimits limits(int count, long bytes, int perSender) {
    return new MempoolLimits(count, bytes, perSender, 128 << 10, 1_000, UInt256.ZERO, 2, 1_000);
  }

  private AddResult add(Transaction tx) {
    return pool.add(tx, accounts, 0);
  }

  @Test
  void queuesBehindAGapAndRunsOnceItIsFilled() {
    assertThat(add(tx(1, 0, 5, 100))).isEqualTo(new Added(true));
    assertThat(add(tx(1, 2, 5, 100))).isEqualTo(new Added(false));
    assertThat(pool.pendingNonce(address(1))).hasValue(1);
    assertThat(pool.queuedCount()).isEqualTo(1);

    assertThat(add(tx(1, 1, 5, 100))).isEqualTo(new Added(true));

    assertThat(pool.pendingNonce(address(1))).hasValue(3);
    assertThat(pool.pendingCount()).isEqualTo(3);
    assertThat(walk(pool)).hasSize(3);
  }

  @Test
  void saysWhyInTheWordsOfCommonClients() {
    accounts.state(1, 5, UInt256.of(1_000));
    assertThat(add(tx(1, 3, 1, 1)))
        .isEqualTo(new Refused(Code.NONCE_TOO_LOW, "nonce too low: next nonce 5, tx nonce 3"));
    assertThat(add(tx(1, 5, 1, 1)))
        .isEqualTo(
            new Refused(
                Code.INSUFFICIENT_FUNDS,
                "insufficient funds for gas * price + value: balance 1000, tx cost 21000,"
                    + " overshot 20000"));
    Transaction known = tx(2, 0, 10, 100);
    add(known);
    assertThat(add(known)).isEqualTo(new Known());
    assertThat(Known.MESSAGE).isEqualTo("already known");
    assertThat(add(tx(2, 0, 10, 109)))
        .isEqualTo(
            new Refused(Code.REPLACEMENT_UNDERPRICED, "replacement transaction underpriced"));
    pool.setHead(UInt256.ZERO, 20_000);
    assertThat(refusal(add(tx(3, 0, 1, 1)))).startsWith("exceeds block gas limit");
    assertThat(refusal(add(tx(3, 0, 2, 1)))).startsWith("exceeds block gas limit");
    pool.setHead(UInt256.ZERO, 30_000_000);
    assertThat(refusal(add(tx(3, 0, 2, 1))))
        .startsWith("max priority fee per gas higher than max fee per gas");
    assertThat(refusal(add(tx(3, 0, 1, 1, 131_072))))
        .startsWith("oversized data: transaction size 1311");
    assertThat(refusal(add(tx(3, -1, 1, 1)))).isEqualTo("nonce has max value");
    Mempool priced = pool(new MempoolLimits(9, 9_999, 9, 999, 9, UInt256.of(5), 1, 1));
    assertThat(refusal(priced.add(tx(3, 0, 4, 9), accounts, 0)))
        .startsWith("transaction underpriced");
  }

  @Test
  void refusesBlobTransactionsAndBrokenSignatures() {
    Transaction.Unsigned plain = tx(1, 0, 1, 1).fields();
    Transaction nobody = new Transaction(plain, new Signature(0, UInt256.ZERO, UInt256.ONE));
    assertThat(add(nobody)).isEqualTo(new Refused(Code.INVALID_SENDER, "invalid sender"));

    Transaction blob =
        new Transaction(
            new Transaction.Unsigned(
                TransactionType.BLOB,
                UInt256.of(901),
                0,
                UInt256.ONE,
                UInt256.ONE,
                21_000,
                Address.ZERO,
                UInt256.ZERO,
                Bytes.EMPTY,
                List.of(),
                UInt256.ONE,
                List.of(Hash32.ZERO),
                List.of()),
            new Signature(0, UInt256.ONE, UInt256.ONE));
    assertThat(refusal(add(blob))).isEqualTo("transaction type not supported: 3");
  }

  @Test
  void replacesWhenBothFeesRiseByTenPercent() {
    Transaction old = tx(1, 0, 10, 100);
    add(old);

    assertThat(add(tx(1, 0, 11, 109))).isInstanceOf(Refused.class);
    assertThat(add(tx(1, 0, 10, 200))).isInstanceOf(Refused.class);
    Transaction better = tx(1, 0, 11, 110);
    assertThat(add(better)).isEqualTo(new Replaced(old.hash(), true));

    assertThat(pool.get(old.hash())).isNull();
    assertThat(pool.get(better.hash())).isSameAs(better);
    assertThat(pool.size()).isEqualTo(1);
    assertThat(drops).containsExactly("REPLACED 0 of " + address(1));
  }

  @Test
  void replacesAFreeOneOnlyByOneThatPays() {
    add(tx(1, 0, 0, 0));

    assertThat(add(tx(1, 0, 0, 1))).isInstanceOf(Refused.class);
    assertThat(add(tx(1, 0, 1, 1))).isInstanceOf(Replaced.class);
  }

  @Test
  void walksBestFirstAcrossSendersAndInNonceOrderWithin() {
    pool.setHead(UInt256.of(50), 30_000_000);
    Transaction a0 = tx(1, 0, 5, 1_000);
    Transaction a1 = tx(1, 1, 100, 1_000);
    Transaction b0 = tx(2, 0, 10, 1_000);
    Transaction b1 = tx(2, 1, 1, 1_000);
    // A tip of 900, but only 7 above the base fee.
    Transaction c0 = tx(3, 0, 57, 57);
    Transaction d0 = tx(4, 0, 49, 49);
    for (Transaction tx : List.of(a1, b1, d0, c0, b0, a0)) {
      add(tx);
    }

    assertThat(walk(pool)).containsExactly(b0, c0, a0, a1, b1);

    pool.setHead(UInt256.of(10), 30_000_000);
    assertThat(walk(pool)).containsExactly(c0, d0, b0, a0, a1, b1);
  }

  @Test
  void breaksTiesByHash() {
    List<Transaction> txs = new ArrayList<>();
    for (int sender = 1; sender < 9; sender++) {
      txs.add(tx(sender, 0, 5, 100));
      add(txs.getLast());
    }
    txs.sort((x, y) -> x.hash().compareTo(y.hash()));

    assertThat(walk(pool)).isEqualTo(txs);
  }

  @Test
  void ordersTipsBeyondALongExactly() {
    UInt256 huge = UInt256.of(java.math.BigInteger.ONE.shiftLeft(200));
    List<Transaction> txs = new ArrayList<>();
    for (int sender = 1; sender < 6; sender++) {
      accounts.state(sender, 0, UInt256.MAX);
      UInt256 fee = huge.add(UInt256.of(sender));
      txs.addFirst(
          Transaction.Unsigned.feeMarket(
                  UInt256.of(901), 0, fee, fee, 21_000, null, UInt256.ZERO, Bytes.EMPTY)
              .sign(PoolFixtures.key(sender)));
      add(txs.getFirst());
    }

    assertThat(walk(pool)).isEqualTo(txs);
  }

  @Test
  void leavesOutTheRestOfASenderThatDidNotGetIn() {
    Transaction a0 = tx(1, 0, 10, 100);
    Transaction b0 = tx(2, 0, 5, 100);
    add(a0);
    add(tx(1, 1, 10, 100));
    add(b0);

    BestFirst walk = pool.bestFirst();
    assertThat(walk.next()).isSameAs(a0);
    walk.skipSender();
    assertThat(walk.next()).isSameAs(b0);
    assertThat(walk.next()).isNull();
    assertThat(walk.next()).isNull();
  }

  @Test
  void doesNotWalkOverAPoolThatChanges() {
    add(tx(1, 0, 1, 1));
    BestFirst walk = pool.bestFirst();
    add(tx(2, 0, 1, 1));

    assertThatThrownBy(walk::next).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void keepsWhatIsBehindAnIncludedOneRunnable() {
    Transaction first = tx(1, 0, 1, 1);
    add(first);
    add(tx(1, 1, 1, 1));

    pool.included(first);

    assertThat(pool.size()).isEqualTo(1);
    assertThat(pool.pendingCount()).isEqualTo(1);
    assertThat(pool.pendingNonce(address(1))).hasValue(2);
    assertThat(drops).isEmpty();
    accounts.state(1, 1, PoolFixtures.RICH);
    assertThat(add(first)).isInstanceOf(Refused.class);
  }

  @Test
  void dropsARivalOfAnIncludedOne() {
    add(tx(1, 0, 1, 1));

    pool.included(tx(1, 0, 7, 7));

    assertThat(pool.size()).isZero();
    assertThat(drops).containsExactly("NONCE_USED 0 of " + address(1));
  }

  @Test
  void queuesWhatIsBehindARefusedOne() {
    add(tx(1, 0, 1, 1));
    Transaction refused = tx(1, 1, 1, 1);
    add(refused);
    add(tx(1, 2, 1, 1));

    assertThat(pool.remove(refused.hash())).isSameAs(refused);
    assertThat(pool.remove(refused.hash())).isNull();

    assertThat(pool.pendingCount()).isEqualTo(1);
    assertThat(pool.queuedCount()).isEqualTo(1);
    SenderContent content = pool.content(address(1));
    assertThat(content).isNotNull();
    assertThat(content.queued()).extracting(Transaction::nonce).containsExactly(2L);
  }

  @Test
  void parksWhatTheBalanceNoLongerPays() {
    add(tx(1, 0, 1, 1));
    add(tx(1, 1, 9, 9));
    add(tx(1, 2, 1, 1));

    pool.onStateChange(address(1), 0, UInt256.of(100_000));
    assertThat(pool.pendingCount()).isEqualTo(1);
    assertThat(pool.queuedCount()).isEqualTo(2);

    pool.onStateChange(address(1), 0, PoolFixtures.RICH);
    assertThat(pool.pendingCount()).isEqualTo(3);
  }

  @Test
  void queuesAllWhenAReorgTakesTheNonceBack() {
    accounts.state(1, 4, PoolFixtures.RICH);
    add(tx(1, 4, 1, 1));
    add(tx(1, 5, 1, 1));

    pool.onStateChange(address(1), 3, PoolFixtures.RICH);
    assertThat(pool.pendingCount()).isZero();
    assertThat(walk(pool)).isEmpty();

    accounts.state(1, 3, PoolFixtures.RICH);
    assertThat(add(tx(1, 3, 1, 1))).isEqualTo(new Added(true));
    assertThat(pool.pendingCount()).isEqualTo(3);
  }

  @Test
  void expiresQueuedOnesOnly() {
    Mempool brief = pool(limits(10, 10_000, 10));
    brief.add(tx(1, 0, 1, 1), accounts, 0);
    brief.add(tx(1, 2, 1, 1), accounts, 500);

    brief.expire(1_499);
    assertThat(brief.size()).isEqualTo(2);
    brief.expire(1_500);
    assertThat(brief.size()).isEqualTo(1);
    assertThat(drops).containsExactly("EXPIRED 2 of " + address(1));
    brief.expire(1_000_000);
    assertThat(brief.pendingCount()).isEqualTo(1);
  }

  @Test
  void evictsWhatIsWorthLeastWhenFull() {
    Mempool small = pool(limits(4, 100_000, 10));
    small.add(tx(1, 0, 9, 9), accounts, 0);
    small.add(tx(1, 1, 2, 9), accounts, 0);
    small.add(tx(1, 2, 9, 9), accounts, 0);
    small.add(tx(2, 0, 3, 9), accounts, 0);

    assertThat(refusal(small.add(tx(3, 0, 2, 9), accounts, 0))).isEqualTo("txpool is full");
    assertThat(refusal(small.add(tx(3, 1, 9, 9), accounts, 0))).isEqualTo("txpool is full");
    // Sender 1 is worth 2, and its last goes first so that no gap arises.
    assertThat(small.add(tx(3, 0, 3, 9), accounts, 0)).isEqualTo(new Added(true));
    assertThat(drops).containsExactly("EVICTED 2 of " + address(1));
    assertThat(small.pendingCount()).isEqualTo(4);
  }

  @Test
  void evictsQueuedOnesBeforePendingOnes() {
    Mempool small = pool(limits(2, 100_000, 10));
    small.add(tx(1, 5, 100, 100), accounts, 0);
    small.add(tx(2, 0, 1, 1), accounts, 0);

    assertThat(small.add(tx(3, 0, 0, 1), accounts, 0)).isEqualTo(new Added(true));
    assertThat(drops).containsExactly("EVICTED 5 of " + address(1));
  }

  @Test
  void evictsNothingWhenThatWouldNotBeEnough() {
    Mempool small = pool(limits(10, 2_000, 10));
    small.add(tx(1, 0, 1, 1, 500), accounts, 0);
    small.add(tx(2, 0, 5, 5, 500), accounts, 0);
    small.add(tx(3, 0, 5, 5, 400), accounts, 0);

    assertThat(refusal(small.add(tx(4, 0, 3, 3, 900), accounts, 0))).isEqualTo("txpool is full");
    assertThat(small.size()).isEqualTo(3);
    assertThat(small.pendingCount()).isEqualTo(3);
    assertThat(drops).isEmpty();
  }

  @Test
  void keepsRoomForTheGapOfAFullSender() {
    Mempool small = pool(limits(100, 100_000, 3));
    for (int nonce = 1; nonce <= 3; nonce++) {
      small.add(tx(1, nonce, 5, 5), accounts, 0);
    }

    assertThat(refusal(small.add(tx(1, 4, 5, 5), accounts, 0)))
        .isEqualTo("account limit exceeded: 3 transactions waiting");
    assertThat(small.add(tx(1, 0, 5, 5), accounts, 0)).isEqualTo(new Added(true));
    assertThat(small.pendingCount()).isEqualTo(3);
    assertThat(drops).containsExactly("EVICTED 3 of " + address(1));
  }

  @Test
  void takesNoncesBeyondALong() {
    accounts.state(1, Long.MAX_VALUE, PoolFixtures.RICH);
    assertThat(add(tx(1, Long.MIN_VALUE, 1, 1))).isEqualTo(new Added(false));
    assertThat(add(tx(1, Long.MAX_VALUE, 1, 1))).isEqualTo(new Added(true));
    assertThat(pool.pendingCount()).isEqualTo(2);
  }

  private static String refusal(AddResult result) {
    return ((Refused) result).message();
  }

  static List<Transaction> walk(Mempool pool) {
    List<Transaction> all = new ArrayList<>();
    BestFirst walk = pool.bestFirst();
    Transaction next = walk.next();
    while (next != null) {
      all.add(next);
      next = walk.next();
    }
    return all;
  }

  @Test
  void aSenderWhoseTransactionsFailMayNotOfferOthersForAWhile() {
    Mempool strict = pool(limits(100, 1 << 20, 100));
    for (int nonce = 0; nonce < 2; nonce++) {
      assertThat(strict.isSpent(address(1), 0)).isFalse();
      Transaction tx = tx(1, nonce, 5, 100);
      strict.add(tx, accounts, 0);
      strict.failed(tx, 0);
      assertThat(strict.get(tx.hash())).isNull();
    }
    assertThat(strict.isSpent(address(1), 0)).isTrue();
    assertThat(strict.isSpent(address(2), 0)).isFalse();
    assertThat(strict.isSpent(address(1), 999)).isTrue();
    assertThat(strict.isSpent(address(1), 1_000)).isFalse();
    // One is regained, not both.
    strict.failed(tx(1, 7, 5, 100), 1_000);
    assertThat(strict.isSpent(address(1), 1_000)).isTrue();
    assertThat(strict.isSpent(address(1), 3_000)).isFalse();
  }

  @Test
  void whatIsRememberedOfFailuresIsBounded() {
    FailureBudget budget = new FailureBudget(1, 1_000);
    for (int i = 0; i < FailureBudget.MAX_SENDERS + 500; i++) {
      budget.charge(Address.ofLong(i), 0);
    }
    assertThat(budget.size()).isEqualTo(FailureBudget.MAX_SENDERS);
    assertThat(budget.isSpent(Address.ofLong(499), 0)).isFalse();
    assertThat(budget.isSpent(Address.ofLong(500), 0)).isTrue();
    // Each new one lets go an old one that is whole again.
    for (int i = 0; i < 100; i++) {
      budget.charge(Address.ofLong(1_000_000 + i), 2_000);
    }
    assertThat(budget.size()).isEqualTo(FailureBudget.MAX_SENDERS);
  }
}
