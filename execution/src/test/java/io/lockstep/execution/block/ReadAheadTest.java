// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
  private static final UInt256 CHAIN = UInt256.of(901);
  private static final UInt256 GWEI = UInt256.of(1_000_000_000);
  private static final SecretKey KEY = key();

  /** Adds one to the word at the first word of the input. */
  private static final Address COUNTER = Address.ofLong(0xc0de);

  private static final Bytes COUNTER_CODE = Bytes.fromHex("0x5f35805460010190555f5ff3");

  private TestState state;

  private static SecretKey key() {
    byte[] bytes = new byte[32];
    bytes[31] = 1;
    return SecretKey.of(bytes);
  }

  @BeforeEach
  void fund() {
    state = new TestState();
    state.fund(KEY.address(), GWEI.multiply(GWEI));
    state.code(COUNTER, COUNTER_CODE);
    state.code(SystemContracts.WITHDRAWAL_REQUESTS, Bytes.of(0));
    state.code(SystemContracts.CONSOLIDATION_REQUESTS, Bytes.of(0));
  }

  @Test
  void aBlockWhoseTransactionsWereExpectedIsTheSameAsOneWithout() {
    List<Transaction> transactions = transactions(300);

    ExecutedBlock plain = run(open(state), transactions);
    OpenBlock expecting = open(state);
    expecting.expect(transactions);
    ExecutedBlock ahead = run(expecting, transactions);

    assertThat(ahead.receipts()).isEqualTo(plain.receipts());
    assertThat(ahead.diff()).isEqualTo(plain.diff());
  }

  @Test
  void readsWhatComesLaterFromOtherThreads() throws InterruptedException {
    List<Transaction> transactions = transactions(300);
    UInt256 lastSlot = UInt256.of(299);
    Thread own = Thread.currentThread();
    CountDownLatch read = new CountDownLatch(1);
    StateReader watched =
        new StateReader() {
          @Override
          public @Nullable AccountState account(Address address) {
            return state.account(address);
          }

          @Override
          public UInt256 storage(Address address, UInt256 key) {
            if (key.equals(lastSlot) && !Thread.currentThread().equals(own)) {
              read.countDown();
            }
            return state.storage(address, key);
          }

          @Override
          public Bytes code(Hash32 codeHash) {
            return state.code(codeHash);
          }
        };

    open(watched).expect(transactions);

    assertThat(read.await(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void aStateThatFailsOnAnotherThreadFailsTheBlocksOwnThreadOnlyWhereItReads() {
    Thread own = Thread.currentThread();
    StateReader failing =
        new StateReader() {
          @Override
          public @Nullable AccountState account(Address address) {
            if (!Thread.currentThread().equals(own)) {
              throw new IllegalStateException("closed");
            }
            return state.account(address);
          }

          @Override
          public UInt256 storage(Address address, UInt256 key) {
            return state.storage(address, key);
          }

          @Override
          public Bytes code(Hash32 codeHash) {
            return state.code(codeHash);
          }
        };
    List<Transaction> transactions = transactions(300);
    OpenBlock block = open(failing);
    block.expect(transactions);

    assertThat(run(block, transactions).receipts()).hasSize(300);
  }

  private static List<Transaction> transactions(int count) {
    List<Transaction> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Bytes slot = Bytes.wrap(UInt256.of(i).toArray());
      out.add(
          Transaction.Unsigned.feeMarket(
                  CHAIN, i, GWEI, GWEI.add(GWEI), 60_000, COUNTER, UInt256.ZERO, slot)
              .sign(KEY));
    }
    return out;
  }

  private static ExecutedBlock run(OpenBlock block, List<Transaction> transactions) {
    for (Transaction tx : transactions) {
      assertThat(block.execute(tx)).isInstanceOf(TxOutcome.Included.class);
    }
    return block.finish(List.of());
  }

  private static OpenBlock open(StateReader parent) {
    BlockEnv env =
        new BlockEnv(
            1,
            Hash32.ZERO,
            1_000,
            Address.ofLong(0xfee),
            Hash32.ZERO,
            UInt256.ZERO,
            100_000_000,
            GWEI,
            0,
            Hash32.ZERO,
            Bytes.EMPTY);
    return new BlockExecutor(ForkSchedule.allAt(Fork.PRAGUE), CHAIN)
        .open(env, parent, number -> Hash32.ZERO);
  }
}
