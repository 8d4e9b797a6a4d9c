// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/** Makes random blocks over a small pool of accounts, so that they often meet. */
final class TestChain {
  static final int ADDRESSES = 24;
  static final int SLOTS = 12;

  static final Genesis GENESIS =
      genesis(
          """
          {"config": {"chainId": 901, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0,
             "eip158Block": 0, "byzantiumBlock": 0, "constantinopleBlock": 0,
             "petersburgBlock": 0, "istanbulBlock": 0, "berlinBlock": 0, "londonBlock": 0,
             "terminalTotalDifficulty": 0, "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 0},
           "gasLimit": "0x1c9c380", "difficulty": "0x0", "timestamp": "0x65",
           "alloc": {
             "0000000000000000000000000000000000000001": {"balance": "0x64"},
             "0x0000000000000000000000000000000000000002": {"balance": "7", "nonce": "0x1",
               "code": "0x6001", "storage": {"0x01": "0x02", "0x03": "0x00"}}}}
          """);

  private final Random random;

  TestChain(Random random) {
    this.random = random;
  }

  static Genesis genesis(String json) {
    try {
      return Genesis.parse(JsonMapper.shared().readTree(json));
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  static Address address(int index) {
    return Address.ofLong(1 + index);
  }

  /** A diff that could be of any block on this state; it keeps to what a StateDiff promises. */
  StateDiff diff(Map<Address, FullAccount> state) {
    Map<Address, AccountChange> accounts = new HashMap<>();
    Map<Hash32, Bytes> code = new HashMap<>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      Address address = address(random.nextInt(ADDRESSES));
      if (state.containsKey(address) && random.nextInt(6) == 0) {
        accounts.put(address, new AccountChange(null, random.nextBoolean(), Map.of()));
        continue;
      }
      Map<UInt256, UInt256> words = new HashMap<>();
      for (int s = random.nextInt(5); s > 0; s--) {
        long value = random.nextInt(3) == 0 ? 0 : random.nextLong();
        words.put(UInt256.of(random.nextInt(SLOTS)), UInt256.of(value));
      }
      Hash32 codeHash = Keccak.EMPTY;
      if (random.nextInt(3) == 0) {
        Bytes bytes = Bytes.of(0x60, random.nextInt(64));
        codeHash = Keccak.hash(bytes);
        code.put(codeHash, bytes);
      }
      AccountState after =
          new AccountState(
              random.nextInt(100), UInt256.of(random.nextLong()), codeHash, random.nextBoolean());
      accounts.put(address, new AccountChange(after, random.nextInt(5) == 0, words));
    }
    return new StateDiff(accounts, code);
  }

  static Map<Address, FullAccount> apply(Map<Address, FullAccount> state, StateDiff diff) {
    Map<Address, FullAccount> next = new HashMap<>(state);
    diff.accounts()
        .forEach((address, change) -> {
          FullAccount before = next.get(address);
          AccountState after = change.after();
          if (after == null) {
            next.remove(address);
            return;
          }
          Map<UInt256, UInt256> words = new HashMap<>();
          if (before != null && !change.storageCleared()) {
            words.putAll(before.storage());
          }
          words.putAll(change.storage());
          words.values().removeIf(UInt256::isZero);
          next.put(
              address,
              new FullAccount(
                  new AccountState(
                      after.nonce(), after.balance(), after.codeHash(), !words.isEmpty()),
                  words));
        });
    return next;
  }

  ExecutedBlock executed(BlockHeader parent, Hash32 parentHash, StateDiff diff) {
    BlockEnv env =
        new BlockEnv(
            parent.number() + 1,
            parentHash,
            parent.timestampSeconds() + 1,
            Address.ZERO,
            Hash32.ZERO,
            UInt256.ZERO,
            30_000_000,
            UInt256.of(7),
            0,
            Hash32.ZERO,
            Bytes.wrap(UInt256.of(random.nextLong()).toMinimalArray()));
    List<Transaction> transactions = new ArrayList<>();
    List<Receipt> receipts = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      transactions.add(transaction());
      receipts.add(
          new Receipt(
              TransactionType.FEE_MARKET,
              random.nextBoolean(),
              21_000L * (receipts.size() + 1),
              List.of(new Log(address(1), List.of(Hash32.ZERO), Bytes.of(random.nextInt(256))))));
    }
    return new ExecutedBlock(env, transactions, receipts, 21_000L * receipts.size(), 0, null, diff);
  }

  private Transaction transaction() {
    return new Transaction(
        Transaction.Unsigned.feeMarket(
            UInt256.of(901),
            random.nextLong(),
            UInt256.ONE,
            UInt256.of(100),
            21_000,
            address(random.nextInt(ADDRESSES)),
            UInt256.of(random.nextInt(1000)),
            Bytes.of(random.nextInt(256))),
        new Signature(0, UInt256.of(random.nextLong()), UInt256.of(5)));
  }

  static BlockHeader header(ExecutedBlock executed, Hash32 stateRoot) {
    BlockEnv env = executed.env();
    return new BlockHeader(
        env.parentHash(),
        Keccak.EMPTY_LIST,
        env.coinbase(),
        stateRoot,
        Keccak.EMPTY_TRIE_ROOT,
        Keccak.EMPTY_TRIE_ROOT,
        Bytes.wrap(new byte[256]),
        env.difficulty(),
        env.number(),
        env.gasLimit(),
        executed.gasUsed(),
        env.timestampSeconds(),
        env.extraData(),
        env.prevRandao(),
        BlockHeader.ZERO_NONCE,
        env.baseFeePerGas(),
        Keccak.EMPTY_TRIE_ROOT,
        0L,
        0L,
        env.parentBeaconBlockRoot(),
        BlockHeader.EMPTY_REQUESTS_HASH);
  }
}
