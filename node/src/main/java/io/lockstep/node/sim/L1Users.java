// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.L1MessengerAbi;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * People who reach the rollup by L1 alone: they deposit, and put transactions into the forced
 * queue, good ones and all kinds of bad ones. One thread.
 */
final class L1Users {
  /** Whose L1 accounts these are: the first of the wallets, which are used on L2 otherwise. */
  static final int ACCOUNTS = 4;

  private static final int EVERY_MS = 4_000;
  private static final long ANSWER_MS = 24_000;

  /** One run in so many has more messages and items at once than a block takes. */
  private static final int BURST_ONE_IN = 8;

  private static final int BURST = 40;
  private static final long CALL_GAS = 500_000;
  private static final long TRANSFER_GAS = 21_000;
  private static final UInt256 FORCED_FEE_WEI = Wei.ofEther(1).amount();
  private static final UInt256 FIRST_DEPOSIT_WEI = Wei.ofEther(1).amount();
  private static final UInt256 TIP_WEI = UInt256.of(1_000_000_000L);
  private static final UInt256 FEE_CAP_WEI = UInt256.of(100_000_000_000L);
  private static final SecretKey SYSTEM_KEY = key("lockstep system transaction key");

  /** Addresses from here on get one deposit each and nothing else. */
  private static final long FRESH = 0x5_0000_0000L;

  private static final long FRESH_END = 0x6_0000_0000L;

  private final SimTime time;
  private final SplittableRandom random;
  private final List<SimNode> nodes;
  private final ClusterFile cluster;
  private final long rollupId;
  private final List<Person> people = new ArrayList<>();
  private long nextFresh = FRESH;

  L1Users(
      SimTime time,
      SplittableRandom random,
      ExecutionClient execution,
      List<SimNode> nodes,
      ClusterFile cluster) {
    this.time = time;
    this.random = random;
    this.nodes = nodes;
    this.cluster = cluster;
    this.rollupId = cluster.rollups().getFirst().chainId();
    for (int i = 0; i < ACCOUNTS; i++) {
      SecretKey account = DevAccounts.keys().get(i);
      people.add(
          new Person(
              new L1Sender(execution, cluster.l1().chainId(), account),
              key("forced user %d".formatted(i))));
    }
  }

  private static SecretKey key(String label) {
    return SecretKey.of(Keccak.hash(label.getBytes(StandardCharsets.US_ASCII)).toArray());
  }

  /** Whether an address has nothing but one deposit. */
  static boolean isFresh(Address address) {
    return address.compareTo(Address.ofLong(FRESH)) >= 0
        && address.compareTo(Address.ofLong(FRESH_END)) < 0;
  }

  void start() {
    people.forEach(person -> {
      person.deposit(person.rollupKey.address(), FIRST_DEPOSIT_WEI);
      time.after(random.nextInt(EVERY_MS), person::turn);
    });
    if (random.nextInt(BURST_ONE_IN) == 0) {
      time.after(random.nextInt(8 * EVERY_MS), () -> people.getFirst().burst());
    }
  }

  /** To be called after each L1 slot. */
  void slotPassed() {
    people.forEach(person -> person.sender.step());
  }

  /** One of them, with an account on L1 and another on the rollup. */
  private final class Person {
    private final L1Sender sender;
    private final SecretKey rollupKey;
    private long goodNonce = -1;
    private long goodSentMs;

    Person(L1Sender sender, SecretKey rollupKey) {
      this.sender = sender;
      this.rollupKey = rollupKey;
    }

    void turn() {
      time.after(EVERY_MS / 2 + random.nextInt(EVERY_MS), this::turn);
      switch (random.nextInt(8)) {
        case 0, 1 -> depositFresh();
        case 2 -> force(random.nextInt(200), TRANSFER_GAS);
        case 3 -> force(transfer(SYSTEM_KEY, nonce(), UInt256.ONE), TRANSFER_GAS);
        case 4 -> force(transfer(rollupKey, nonce() + 3, UInt256.ONE), TRANSFER_GAS);
        case 5 -> force(transfer(rollupKey, nonce(), Wei.ofEther(1_000).amount()), TRANSFER_GAS);
        default -> forceGood();
      }
    }

    /** One at a time, since another takes its nonce. */
    private void forceGood() {
      long nonce = nonce();
      boolean waits = nonce <= goodNonce && time.nowMs() < goodSentMs + ANSWER_MS;
      if (waits || !isFunded()) {
        depositFresh();
        return;
      }
      goodNonce = nonce;
      goodSentMs = time.nowMs();
      Transaction good = transfer(rollupKey, nonce, UInt256.of(1 + random.nextInt(1_000)));
      force(good, TRANSFER_GAS);
      if (random.nextInt(3) == 0) {
        force(good, TRANSFER_GAS); // the second of the same is no good
      }
    }

    void burst() {
      for (int i = 0; i < BURST; i++) {
        depositFresh();
      }
      for (int i = 0; i < BURST / 2; i++) {
        force(1 + random.nextInt(40), TRANSFER_GAS);
      }
    }

    private void force(int lengthBytes, long gasLimit) {
      byte[] garbage = new byte[1 + lengthBytes];
      random.nextBytes(garbage);
      enqueue(gasLimit, Bytes.wrap(garbage));
    }

    private void force(Transaction tx, long gasLimit) {
      enqueue(gasLimit, tx.encoded());
    }

    private void enqueue(long gasLimit, Bytes raw) {
      sender.send(
          cluster.clusterInbox(),
          FORCED_FEE_WEI,
          ClusterInboxAbi.encodeEnqueue(rollupId, gasLimit, raw),
          CALL_GAS);
    }

    private void depositFresh() {
      deposit(Address.ofLong(nextFresh++), UInt256.of(1 + random.nextInt(1_000_000_000)));
    }

    private void deposit(Address to, UInt256 value) {
      sender.send(
          cluster.l1Messenger(), value, L1MessengerAbi.encodeDeposit(rollupId, to), CALL_GAS);
    }

    private Transaction transfer(SecretKey from, long nonce, UInt256 value) {
      return Transaction.Unsigned.feeMarket(
              UInt256.of(rollupId),
              nonce,
              TIP_WEI,
              FEE_CAP_WEI,
              TRANSFER_GAS,
              Address.ofLong(0x20000 + random.nextInt(1_000)),
              value,
              Bytes.EMPTY)
          .sign(from);
    }

    private long nonce() {
      AccountState account = account();
      return account == null ? 0 : account.nonce();
    }

    private boolean isFunded() {
      AccountState account = account();
      return account != null && !account.balance().isZero();
    }

    private @Nullable AccountState account() {
      for (SimNode node : nodes) {
        NodeParts parts = node.parts();
        if (parts != null) {
          return parts.view().first().newestState().account(rollupKey.address());
        }
      }
      return null;
    }
  }
}
