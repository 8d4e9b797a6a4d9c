// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TxPoolTest {
  private static final SecretKey ALICE = SecretKey.of(Keccak.hash(new byte[] {1}).toArray());
  private static final SecretKey BOB = SecretKey.of(Keccak.hash(new byte[] {2}).toArray());
  private static final PoolLimits LIMITS = new PoolLimits(4, 3, 6, 16);

  private final Accounts state = new Accounts();
  private final TxPool pool = new TxPool(LIMITS);

  @Test
  void ordersASendersRunByNonceAndStopsAtAGap() {
    fund(ALICE, 5, 10);
    add(transfer(ALICE, 7, 10));
    add(transfer(ALICE, 5, 10));
    add(transfer(ALICE, 9, 10));

    assertThat(pool.ready(state, 1))
        .singleElement()
        .satisfies(run -> assertThat(run).extracting(e -> e.tx().nonce()).containsExactly(5L));
    assertThat(pool.nextNonce(ALICE.address(), 5)).isEqualTo(6);
  }

  @Test
  void leavesWhatCameInThisSlotToTheNext() {
    fund(ALICE, 0, 10);
    add(transfer(ALICE, 0, 10));

    assertThat(pool.ready(state, 0)).isEmpty();
    assertThat(pool.ready(state, 1)).hasSize(1);
  }

  @Test
  void refusesANonceThatIsTooLowOrTooFarAhead() {
    fund(ALICE, 5, 10);

    assertThat(add(transfer(ALICE, 4, 10))).isEqualTo("nonce too low: next nonce 5, tx nonce 4");
    assertThat(add(transfer(ALICE, 22, 10))).startsWith("nonce too high");
    assertThat(add(transfer(ALICE, 21, 10))).isNull();
  }

  @Test
  void refusesWhatTheSenderCannotPay() {
    assertThat(add(transfer(BOB, 0, 10))).startsWith("insufficient funds");
  }

  @Test
  void replacesForTenPercentMoreOnBothFees() {
    fund(ALICE, 0, 10);
    add(transfer(ALICE, 0, 100));

    assertThat(add(transfer(ALICE, 0, 109))).startsWith("replacement transaction underpriced");
    Transaction better = transfer(ALICE, 0, 110);
    assertThat(add(better)).isNull();
    assertThat(pool.all()).extracting(PooledTx::hash).containsExactly(better.hash());
  }

  @Test
  void replacesABlobTransactionOnlyForTwiceEveryFee() {
    fund(ALICE, 0, 10);
    Sidecar blob = new Sidecar(List.of(Bytes.EMPTY), List.of(Bytes.EMPTY));
    pool.add(blob(ALICE, 0, 100, 50), ALICE.address(), blob, state, 0);

    assertThat(pool.add(blob(ALICE, 0, 200, 99), ALICE.address(), blob, state, 0))
        .startsWith("replacement transaction underpriced: every fee must be 100% above");
    assertThat(pool.add(transfer(ALICE, 0, 150), ALICE.address(), null, state, 0))
        .startsWith("replacement transaction underpriced");
    assertThat(pool.add(blob(ALICE, 0, 200, 100), ALICE.address(), blob, state, 0)).isNull();
    assertThat(pool.size()).isEqualTo(1);
  }

  @Test
  void boundsTransactionsPerSenderAndAltogether() {
    fund(ALICE, 0, 10);
    fund(BOB, 0, 10);
    for (long nonce = 0; nonce < 3; nonce++) {
      assertThat(add(transfer(ALICE, nonce, 10))).isNull();
    }

    assertThat(add(transfer(ALICE, 3, 10))).startsWith("account limit exceeded");
    assertThat(add(transfer(BOB, 0, 10))).isNull();
    assertThat(add(transfer(BOB, 1, 10))).startsWith("txpool is full");
  }

  @Test
  void boundsBlobs() {
    fund(ALICE, 0, 10);
    Sidecar six =
        new Sidecar(
            java.util.Collections.nCopies(6, Bytes.EMPTY),
            java.util.Collections.nCopies(6, Bytes.EMPTY));
    pool.add(blob(ALICE, 0, 10, 10), ALICE.address(), six, state, 0);

    assertThat(pool.add(blob(ALICE, 1, 10, 10), ALICE.address(), six, state, 0))
        .isEqualTo("txpool is full: 6 blobs are waiting, limit 6");
  }

  @Test
  void forgetsUsedNoncesAndKnowsWhatItHas() {
    fund(ALICE, 0, 10);
    Transaction first = transfer(ALICE, 0, 10);
    add(first);
    add(transfer(ALICE, 1, 10));
    assertThat(add(first)).isEqualTo("already known");

    fund(ALICE, 1, 10);
    pool.prune(state);

    assertThat(pool.get(first.hash())).isNull();
    assertThat(pool.size()).isEqualTo(1);
  }

  @Test
  void takesBackATransactionUnlessItsNonceIsTakenByAnother() {
    fund(ALICE, 0, 10);
    Transaction old = transfer(ALICE, 0, 10);
    Transaction fresh = transfer(ALICE, 0, 50);
    add(fresh);

    pool.reinstate(old, ALICE.address(), null, 0);
    pool.reinstate(transfer(ALICE, 1, 10), ALICE.address(), null, 0);

    assertThat(pool.get(old.hash())).isNull();
    assertThat(Objects.requireNonNull(pool.get(fresh.hash())).tx()).isEqualTo(fresh);
    assertThat(pool.size()).isEqualTo(2);
  }

  private @Nullable String add(Transaction tx) {
    return pool.add(tx, Objects.requireNonNull(tx.sender()), null, state, 0);
  }

  private void fund(SecretKey key, long nonce, long ether) {
    state.accounts.put(
        key.address(), new AccountState(nonce, Wei.ofEther(ether).amount(), Keccak.EMPTY, false));
  }

  private static Transaction transfer(SecretKey key, long nonce, long feeWei) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(900),
            nonce,
            UInt256.of(feeWei),
            UInt256.of(feeWei),
            21_000,
            Address.ofLong(0xbeef),
            UInt256.ONE,
            Bytes.EMPTY)
        .sign(key);
  }

  private static Transaction blob(SecretKey key, long nonce, long feeWei, long blobFeeWei) {
    return new Transaction.Unsigned(
            TransactionType.BLOB,
            UInt256.of(900),
            nonce,
            UInt256.of(feeWei),
            UInt256.of(feeWei),
            21_000,
            Address.ofLong(0xbeef),
            UInt256.ZERO,
            Bytes.EMPTY,
            List.of(),
            UInt256.of(blobFeeWei),
            List.of(Hash32.ofWords(1L << 56, 0, 0, 0)),
            List.of())
        .sign(key);
  }

  private static final class Accounts implements StateReader {
    final Map<Address, AccountState> accounts = new HashMap<>();

    @Override
    public @Nullable AccountState account(Address address) {
      return accounts.get(address);
    }

    @Override
    public UInt256 storage(Address address, UInt256 key) {
      return UInt256.ZERO;
    }

    @Override
    public Bytes code(Hash32 codeHash) {
      return Bytes.EMPTY;
    }
  }
}
