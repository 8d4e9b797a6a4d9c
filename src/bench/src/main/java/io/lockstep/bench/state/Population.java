// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Accounts, and transactions from and to them. A transaction has a random signature, and whoever it
 * recovers to is made an account: so nobody has to sign. One thread.
 */
final class Population {
  private static final Address TOKEN =
      Address.fromHex("0x70ce70ce70ce70ce70ce70ce70ce70ce70ce70ce");
  private static final String TRANSFER = "a9059cbb";
  private static final UInt256 RICH = UInt256.of(BigInteger.TEN.pow(20));
  private static final UInt256 TIP_WEI = UInt256.of(1);

  private final Random random;
  private final List<Address> accounts = new ArrayList<>();

  Population(long seed) {
    random = new Random(seed);
  }

  /** Random accounts that will not send. */
  void grow(int count) {
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[20];
      random.nextBytes(bytes);
      accounts.add(Address.read(bytes, 0));
    }
  }

  int size() {
    return accounts.size();
  }

  /** Transfers of a wei to somebody among all, each by a sender of its own who joins them. */
  List<Transaction> transfers(int count) {
    List<Transaction> out = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      out.add(sent(21_000, anybody(), UInt256.ONE, Bytes.EMPTY));
    }
    return out;
  }

  /** The same of a token. */
  List<Transaction> tokenTransfers(int count) {
    List<Transaction> out = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String to = anybody().toHex().substring(2);
      Bytes data = Bytes.fromHex("0x" + TRANSFER + "0".repeat(24) + to + "0".repeat(63) + "1");
      out.add(sent(100_000, TOKEN, UInt256.ZERO, data));
    }
    return out;
  }

  private Address anybody() {
    return accounts.get(random.nextInt(accounts.size()));
  }

  private Transaction sent(long gas, Address to, UInt256 value, Bytes data) {
    Transaction.Unsigned fields =
        Transaction.Unsigned.feeMarket(
            BenchChain.CHAIN_ID, 0, TIP_WEI, BenchChain.FEE_WEI.add(TIP_WEI), gas, to, value, data);
    while (true) {
      Signature signature =
          new Signature(
              random.nextInt(2),
              UInt256.of(new BigInteger(250, random).setBit(0)),
              UInt256.of(new BigInteger(250, random).setBit(0)));
      Transaction tx = new Transaction(fields, signature);
      Address sender = tx.sender();
      if (sender != null) { // one x in two is on the curve
        accounts.add(sender);
        return new Transaction(fields, signature); // nothing of it computed yet
      }
    }
  }

  /** All accounts with a balance, and with one of the token, so many in a change. */
  List<StateDiff> changes(int perChange) {
    Collections.shuffle(accounts, random);
    List<StateDiff> out = new ArrayList<>();
    for (int from = 0; from < accounts.size(); from += perChange) {
      List<Address> some = accounts.subList(from, Math.min(accounts.size(), from + perChange));
      Map<Address, AccountChange> changes = new HashMap<>();
      Map<UInt256, UInt256> balances = new HashMap<>();
      for (Address address : some) {
        changes.put(address, new AccountChange(account(RICH), false, Map.of()));
        balances.put(TestToken.balanceSlot(address), RICH);
      }
      AccountState token = new AccountState(1, UInt256.ZERO, TestToken.CODE_HASH, true);
      changes.put(TOKEN, new AccountChange(token, false, balances));
      out.add(
          new StateDiff(
              changes, from == 0 ? Map.of(TestToken.CODE_HASH, TestToken.CODE) : Map.of()));
    }
    return out;
  }

  /** A change of the balances of so many accounts among all. */
  StateDiff someChange(int count) {
    Map<Address, AccountChange> changes = new HashMap<>();
    while (changes.size() < count) {
      AccountState state = account(UInt256.of(random.nextLong() >>> 1));
      changes.put(anybody(), new AccountChange(state, false, Map.of()));
    }
    return new StateDiff(changes, Map.of());
  }

  private static AccountState account(UInt256 balance) {
    return new AccountState(0, balance, Keccak.EMPTY, false);
  }
}
