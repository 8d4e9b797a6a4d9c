// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Builds execution blocks from the pool: by effective tip, then by arrival, each sender in nonce
 * order. Used under the box's lock.
 */
final class BlockMaker {
  private static final Bytes EXTRA_DATA =
      Bytes.wrap("lockstep box".getBytes(StandardCharsets.US_ASCII));

  /** EIP-7934: 8 MiB, less what header and lists may take. */
  private static final long MAX_TRANSACTION_BYTES = 8_388_608L - 4_096;

  private final ForkSchedule forks;
  private final BlockExecutor executor;

  /** A block before its state root, and what became of the pool's transactions. */
  record Made(ExecutedBlock block, List<PooledTx> included, List<PooledTx> impossible) {}

  /** What the consensus side says about the next block. */
  record Orders(
      BlockHeader parent,
      Hash32 parentHash,
      long timestampSeconds,
      Hash32 prevRandao,
      Address coinbase,
      Hash32 parentBeaconBlockRoot,
      @Nullable FeeSpike spike) {}

  /**
   * Fees that a script forces on a block; null leaves one as the rules have it.
   *
   * @param baseFeeWei per gas
   * @param blobBaseFeeWei per blob gas; the least reachable one that is not below it is taken
   */
  record FeeSpike(@Nullable UInt256 baseFeeWei, @Nullable UInt256 blobBaseFeeWei) {}

  BlockMaker(ForkSchedule forks, UInt256 chainId) {
    this.forks = forks;
    this.executor = new BlockExecutor(forks, chainId);
  }

  Made make(
      Orders orders,
      StateReader parentState,
      LongFunction<Hash32> ancestors,
      TxPool pool,
      long slot) {
    BlockEnv env = env(orders);
    OpenBlock open = executor.open(env, parentState, ancestors);
    Filled filled = fill(open, pool.ready(parentState, slot), forks);
    return new Made(open.finish(List.of()), filled.included(), filled.impossible());
  }

  /** What became of the pool's transactions. */
  record Filled(List<PooledTx> included, List<PooledTx> impossible) {}

  /**
   * Fills a block.
   *
   * @param ready each sender's transactions that can run one after another
   */
  static Filled fill(OpenBlock open, List<List<PooledTx>> ready, ForkSchedule forks) {
    BlockEnv env = open.env();
    UInt256 baseFee = env.baseFeePerGas();
    PriorityQueue<Run> runs = new PriorityQueue<>(Run.order(baseFee));
    ready.forEach(run -> runs.add(new Run(run, 0)));
    List<PooledTx> included = new ArrayList<>();
    List<PooledTx> impossible = new ArrayList<>();
    BlobParams blobParams = forks.blobParams(forks.at(env.number(), env.timestampSeconds()));
    int blobsLeft = blobParams.maxBlobs();
    long bytesLeft = MAX_TRANSACTION_BYTES;
    while (!runs.isEmpty()) {
      Run run = runs.poll();
      PooledTx entry = run.head();
      int bytes = entry.tx().encoded().size();
      if (entry.blobCount() > blobsLeft
          || bytes > bytesLeft
          || entry.tx().gasLimit() > open.gasLeft()
          || entry.tx().maxFeePerGas().compareTo(baseFee) < 0) {
        continue; // this sender waits for another block
      }
      switch (open.execute(entry.tx())) {
        case TxOutcome.Included ignored -> {
          included.add(entry);
          blobsLeft -= entry.blobCount();
          bytesLeft -= bytes;
          run.next().ifPresent(runs::add);
        }
        case TxOutcome.Refused refused -> {
          if (isForGood(refused.reason())) {
            impossible.add(entry);
          }
        }
      }
    }
    return new Filled(included, impossible);
  }

  /** The fees of the block after {@code parent}, without a script's hand. */
  BlockEnv env(Orders orders) {
    BlockHeader parent = orders.parent();
    long number = parent.number() + 1;
    FeeSpike spike = orders.spike();
    UInt256 baseFee = BlockRules.nextBaseFee(parent, forks);
    long excess = BlockRules.nextExcessBlobGas(parent, forks, orders.timestampSeconds());
    if (spike != null && spike.baseFeeWei() != null) {
      baseFee = spike.baseFeeWei();
    }
    if (spike != null && spike.blobBaseFeeWei() != null) {
      excess =
          excessFor(
              spike.blobBaseFeeWei(),
              forks.blobParams(forks.at(number, orders.timestampSeconds())));
    }
    return new BlockEnv(
        number,
        orders.parentHash(),
        orders.timestampSeconds(),
        orders.coinbase(),
        orders.prevRandao(),
        UInt256.ZERO,
        parent.gasLimit(),
        baseFee,
        excess,
        orders.parentBeaconBlockRoot(),
        EXTRA_DATA);
  }

  /** The least excess blob gas whose blob base fee is at least {@code feeWei}. */
  static long excessFor(UInt256 feeWei, BlobParams params) {
    long low = 0;
    long high = params.baseFeeUpdateFraction() * 64; // e^64 wei is beyond all ether
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (BlockRules.blobBaseFee(middle, params).compareTo(feeWei) >= 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static boolean isForGood(TxOutcome.Reason reason) {
    return switch (reason) {
      case MALFORMED, NONCE_TOO_LOW, INTRINSIC_GAS_TOO_LOW, GAS_LIMIT_TOO_HIGH, SENDER_HAS_CODE ->
          true;
      case NONCE_TOO_HIGH,
          INSUFFICIENT_FUNDS,
          FEE_CAP_BELOW_BASE_FEE,
          BLOB_FEE_CAP_BELOW_BLOB_BASE_FEE,
          BLOCK_FULL ->
          false;
    };
  }

  /** One sender's transactions from the one that is next. */
  private record Run(List<PooledTx> transactions, int at) {
    PooledTx head() {
      return transactions.get(at);
    }

    java.util.Optional<Run> next() {
      return at + 1 < transactions.size()
          ? java.util.Optional.of(new Run(transactions, at + 1))
          : java.util.Optional.empty();
    }

    static Comparator<Run> order(UInt256 baseFee) {
      return Comparator.comparing((Run run) -> run.head().effectiveTip(baseFee))
          .reversed()
          .thenComparingLong(run -> run.head().sequence());
    }
  }
}
