// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.LogsBloom;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Judges a block of somebody else: header against parent, body against header, execution against
 * both. Everything but the state root and, under proof of work, difficulty and seal. Any thread.
 */
public final class BlockImport {
  private final BlockExecutor executor;
  private final @Nullable Tracer tracer;

  public BlockImport(BlockExecutor executor) {
    this(executor, null);
  }

  /**
   * @param tracer sees every transaction's steps
   */
  public BlockImport(BlockExecutor executor, @Nullable Tracer tracer) {
    this.executor = executor;
    this.tracer = tracer;
  }

  /** The block environment that a header describes. */
  public static BlockEnv env(BlockHeader header) {
    return new BlockEnv(
        header.number(),
        header.parentHash(),
        header.timestampSeconds(),
        header.coinbase(),
        header.prevRandao(),
        header.difficulty(),
        header.gasLimit(),
        header.baseFeeOrZero(),
        header.excessBlobGas() == null ? 0 : header.excessBlobGas(),
        header.parentBeaconBlockRoot(),
        header.extraData());
  }

  public BlockResult run(
      BlockHeader parent,
      Block block,
      StateReader parentState,
      LongFunction<@Nullable Hash32> blockHash) {
    return run(parent, block, parentState, blockHash, null);
  }

  /**
   * Judges a block.
   *
   * @param intermediateRoot for receipts before Byzantium; without it their root is not checked
   */
  public BlockResult run(
      BlockHeader parent,
      Block block,
      StateReader parentState,
      LongFunction<@Nullable Hash32> blockHash,
      @Nullable Function<StateDiff, Hash32> intermediateRoot) {
    BlockHeader header = block.header();
    BlockEnv env = env(header);
    Fork fork = executor.fork(env);
    String fault = HeaderRules.fault(parent, header, fork, executor.forks());
    if (fault == null) {
      fault = HeaderRules.bodyFault(block, fork);
    }
    if (fault != null) {
      return new BlockResult.Invalid(fault);
    }
    OpenBlock open = executor.open(env, parentState, blockHash);
    open.intermediateRoots(intermediateRoot);
    for (int i = 0; i < block.transactions().size(); i++) {
      Transaction tx = block.transactions().get(i);
      if (open.execute(tx, tracer) instanceof TxOutcome.Refused refused) {
        return new BlockResult.Invalid(
            "transaction " + i + " (" + tx.hash() + "): " + refused.message());
      }
    }
    return switch (open.close(block.withdrawals(), block.ommers())) {
      case BlockResult.Invalid invalid -> invalid;
      case BlockResult.Valid valid -> {
        boolean receiptsKnown = fork.isAtLeast(Fork.BYZANTIUM) || intermediateRoot != null;
        String wrong = outcomeFault(header, valid.block(), receiptsKnown);
        yield wrong == null ? valid : new BlockResult.Invalid(wrong);
      }
    };
  }

  private static @Nullable String outcomeFault(
      BlockHeader header, ExecutedBlock block, boolean receiptsKnown) {
    if (block.gasUsed() != header.gasUsed()) {
      return "gas used " + block.gasUsed() + ", header says " + header.gasUsed();
    }
    Long blobGas = header.blobGasUsed();
    if (blobGas != null && blobGas != block.blobGasUsed()) {
      return "blob gas used " + block.blobGasUsed() + ", header says " + blobGas;
    }
    if (!LogsBloom.union(block.receipts().stream().map(Receipt::bloom).toList())
        .equals(header.logsBloom())) {
      return "logs bloom differs from the header's";
    }
    Hash32 receiptsRoot = BlockRules.receiptsRoot(block.receipts());
    if (receiptsKnown && !receiptsRoot.equals(header.receiptsRoot())) {
      return "receipts root " + receiptsRoot + ", header says " + header.receiptsRoot();
    }
    if (!Objects.equals(block.requestsHash(), header.requestsHash())) {
      return "requests hash " + block.requestsHash() + ", header says " + header.requestsHash();
    }
    return null;
  }
}
