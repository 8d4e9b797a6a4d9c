// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.execution.journal.Overlay;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.execution.state.PreparedRoot;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** A chain of the test's own making: a rich account and three little contracts. */
final class SmallChain implements AutoCloseable {
  static final SecretKey KEY = SecretKey.fromHex("0x" + "11".repeat(32));

  /** Stores its first argument at 0 and logs it as a topic with 32 bytes of zeros. */
  static final Address STORE = Address.fromHex("0x" + "aa".repeat(20));

  /** Reverts with what it was called with. */
  static final Address REVERT = Address.fromHex("0x" + "bb".repeat(20));

  /** Returns block number and timestamp. */
  static final Address CLOCK = Address.fromHex("0x" + "cc".repeat(20));

  static final Address FRIEND = Address.fromHex("0x" + "dd".repeat(20));
  static final UInt256 TIP = UInt256.of(2);

  private final KeyValueStore store;
  final ChainDb db;
  final TestView view;
  private long nonce;

  SmallChain(Path dir) {
    Genesis genesis = genesis();
    store = RocksStore.open(dir, ChainDb.columns("c"));
    db = ChainDb.open(store, "c", genesis);
    view = new TestView(db, genesis);
  }

  private static Genesis genesis() {
    String json =
        """
        {"config": {"chainId": 901, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0,
           "eip158Block": 0, "byzantiumBlock": 0, "constantinopleBlock": 0,
           "petersburgBlock": 0, "istanbulBlock": 0, "berlinBlock": 0, "londonBlock": 0,
           "terminalTotalDifficulty": 0, "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 0,
           "osakaTime": 0},
         "gasLimit": "0x1c9c380", "difficulty": "0x0", "timestamp": "0x65",
         "baseFeePerGas": "0x3b9aca00",
         "alloc": {
           "0x00000961ef480eb55e80d19ad83579a64c007002": {"balance": "0x0", "code": "0x00"},
           "0x0000bbddc7ce488642fb579f8b00f3a590007251": {"balance": "0x0", "code": "0x00"},
           "%s": {"balance": "0x8ac7230489e80000"},
           "%s": {"balance": "0x0", "code": "0x6000358060005560206000a100"},
           "%s": {"balance": "0x0", "code": "0x366000600037366000fd"},
           "%s": {"balance": "0x0", "code": "0x4360005242602052604060 00f3"}}}
        """
            .replace("60 00", "6000")
            .formatted(KEY.address(), STORE, REVERT, CLOCK);
    try {
      return Genesis.parse(JsonMapper.shared().readTree(json));
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  Transaction transaction(Address to, long valueWei, String data) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(901),
            nonce++,
            TIP,
            UInt256.of(10_000_000_000L),
            100_000,
            to,
            UInt256.of(valueWei),
            Bytes.fromHex(data))
        .sign(KEY);
  }

  Transaction legacy(Address to, long valueWei) {
    return new Transaction.Unsigned(
            TransactionType.LEGACY,
            UInt256.of(901),
            nonce++,
            UInt256.of(10_000_000_000L),
            UInt256.of(10_000_000_000L),
            100_000,
            to,
            UInt256.of(valueWei),
            Bytes.EMPTY,
            List.of(),
            UInt256.ZERO,
            List.of(),
            List.of())
        .sign(KEY);
  }

  static String word(long value) {
    return "0x" + "%064x".formatted(value);
  }

  private OpenBlock open(long secondsLater) {
    BlockHeader parent = db.head();
    BlockEnv env =
        new BlockEnv(
            parent.number() + 1,
            db.headHash(),
            parent.timestampSeconds() + secondsLater,
            FRIEND,
            Hash32.ofWords(1, 2, 3, 4),
            UInt256.ZERO,
            parent.gasLimit(),
            BlockRules.nextBaseFee(parent, view.forks()),
            0,
            Hash32.ZERO,
            Bytes.EMPTY);
    return view.executor().open(env, db.headState(), db.ancestorHashes());
  }

  /** Releases transactions of the next block without sealing it. */
  void release(Transaction... transactions) {
    OpenBlock block = open(1);
    execute(block, transactions);
    view.open =
        new ChainView.OpenPart(
            block.env(),
            block.transactions(),
            block.receipts(),
            new Overlay(db.headState(), block.diff()));
  }

  /** Seals a block with these transactions. */
  BlockHeader seal(Transaction... transactions) {
    return seal(1, transactions);
  }

  BlockHeader seal(long secondsLater, Transaction... transactions) {
    OpenBlock block = open(secondsLater);
    execute(block, transactions);
    ExecutedBlock executed = block.finish(List.of());
    PreparedRoot root = db.prepare(executed.diff());
    BlockHeader header = BlockRules.seal(executed, root.stateRoot());
    db.append(header, executed, root, KeyValueStore.Durability.PROCESS);
    view.open = null;
    view.headMoved();
    return header;
  }

  private static void execute(OpenBlock block, Transaction... transactions) {
    Stream.of(transactions)
        .forEach(tx -> {
          if (block.execute(tx) instanceof TxOutcome.Refused refused) {
            throw new AssertionError(refused.message());
          }
        });
  }

  void rewindTo(BlockHeader header, long nonceThere) {
    db.rewindTo(header.hash());
    nonce = nonceThere;
    view.headMoved();
  }

  @Override
  public void close() {
    db.close();
    store.close();
  }
}
