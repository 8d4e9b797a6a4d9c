// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.state;

import com.sun.management.OperatingSystemMXBean;
import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.execution.state.PreparedRoot;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * A chain under the newest rules in a store of its own, that blocks are executed on and appended to
 * as a node does it. One thread.
 */
final class BenchChain implements AutoCloseable {
  private static final String PREFIX = "l2";
  static final UInt256 CHAIN_ID = UInt256.of(901);
  static final UInt256 FEE_WEI = UInt256.of(1_000_000_000);

  /** The request contracts only have to be there. */
  private static final String GENESIS =
      """
      {"config": {"chainId": 901, "terminalTotalDifficulty": 0, "homesteadBlock": 0,
        "eip150Block": 0, "eip155Block": 0, "eip158Block": 0, "byzantiumBlock": 0,
        "constantinopleBlock": 0, "petersburgBlock": 0, "istanbulBlock": 0, "berlinBlock": 0,
        "londonBlock": 0, "mergeNetsplitBlock": 0, "shanghaiTime": 0, "cancunTime": 0,
        "pragueTime": 0, "osakaTime": 0,
        "blobSchedule": {
          "cancun": {"target": 3, "max": 6, "baseFeeUpdateFraction": 3338477},
          "prague": {"target": 6, "max": 9, "baseFeeUpdateFraction": 5007716},
          "osaka": {"target": 6, "max": 9, "baseFeeUpdateFraction": 5007716}}},
       "timestamp": "0x1", "gasLimit": "0x2540be400", "difficulty": "0x0",
       "baseFeePerGas": "0x3b9aca00",
       "alloc": {
         "0x00000961ef480eb55e80d19ad83579a64c007002": {"balance": "0x0", "code": "0x00"},
         "0x0000bbddc7ce488642fb579f8b00f3a590007251": {"balance": "0x0", "code": "0x00"}}}
      """;

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /**
   * What a block took, in nanoseconds, by its steps.
   *
   * @param cpu of all threads of the process, the store's and the collector's included
   */
  record Times(long execute, long root, long seal, long append, long cpu) {
    long total() {
      return execute + root + seal + append;
    }
  }

  private final RocksStore store;
  private final ChainDb chain;
  private final BlockExecutor executor;

  BenchChain(Path dir) throws DecodeException {
    Genesis genesis = Genesis.parse(JsonMapper.builder().build().readTree(GENESIS));
    store = RocksStore.open(dir, ChainDb.columns(PREFIX));
    chain = ChainDb.open(store, PREFIX, genesis);
    executor = new BlockExecutor(genesis.forks(), genesis.chainId());
  }

  /** Puts accounts and storage into the state as the only change of an empty block. */
  void fill(StateDiff diff) {
    PreparedRoot root = chain.prepare(diff);
    ExecutedBlock block = open().finish(null);
    chain.append(BlockRules.seal(block, root.stateRoot()), block, root, Durability.PROCESS);
  }

  /** Nanoseconds that the state root of a change takes, which is not kept. */
  long rootNanos(StateDiff diff) {
    long start = System.nanoTime();
    chain.prepare(diff);
    return System.nanoTime() - start;
  }

  /** Executes, hashes, seals and commits a block. */
  Times run(List<Transaction> transactions) {
    long cpuBefore = SYSTEM.getProcessCpuTime();
    long start = System.nanoTime();
    OpenBlock open = open();
    open.expect(transactions);
    for (Transaction tx : transactions) {
      if (open.execute(tx) instanceof TxOutcome.Refused refused) {
        throw new IllegalStateException("a transaction was refused: " + refused.message());
      }
    }
    ExecutedBlock block = open.finish(null);
    long executed = System.nanoTime();
    PreparedRoot root = chain.prepare(block.diff());
    long hashed = System.nanoTime();
    BlockHeader header = BlockRules.seal(block, root.stateRoot());
    long sealed = System.nanoTime();
    chain.append(header, block, root, Durability.PROCESS);
    long end = System.nanoTime();
    return new Times(
        executed - start,
        hashed - executed,
        sealed - hashed,
        end - sealed,
        SYSTEM.getProcessCpuTime() - cpuBefore);
  }

  /** How many transactions of the head succeeded. */
  long succeeded() {
    var receipts = chain.receipts(chain.headHash());
    return receipts == null ? 0 : receipts.stream().filter(Receipt::success).count();
  }

  private OpenBlock open() {
    BlockHeader parent = chain.head();
    BlockEnv env =
        new BlockEnv(
            parent.number() + 1,
            chain.headHash(),
            parent.timestampSeconds() + 2,
            Address.fromHex("0x4c6f636b73746570000000000000000000000003"),
            Hash32.ZERO,
            UInt256.ZERO,
            parent.gasLimit(),
            FEE_WEI,
            0,
            Hash32.ZERO,
            Bytes.EMPTY);
    return executor.open(env, chain.headState(), chain.ancestorHashes());
  }

  @Override
  public void close() {
    chain.close();
    store.close();
  }
}
