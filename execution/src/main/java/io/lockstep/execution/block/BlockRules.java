// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.parallel.Parallel;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.OrderedRoot;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.LogsBloom;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows for a header from its parent and its block: fees, blob gas, roots. Any thread. */
public final class BlockRules {
  /** EIP-7934: bytes of an encoded block, Osaka and later. */
  public static final int MAX_BLOCK_BYTES = (10 << 20) - (2 << 20);

  /** With so many, the two ordered roots are worth a thread each. */
  private static final int LARGE_TRANSACTIONS = 64;

  /** EIP-1559, in wei. */
  private static final UInt256 INITIAL_BASE_FEE = UInt256.of(1_000_000_000);

  private static final long ELASTICITY = 2;
  private static final BigInteger BASE_FEE_CHANGE = BigInteger.valueOf(8);

  /** EIP-7918: 2^13 gas of execution price a blob's reserve. */
  private static final BigInteger BLOB_BASE_COST = BigInteger.valueOf(1 << 13);

  private static final BigInteger UINT256_MAX = UInt256.MAX.toBigInteger();

  private BlockRules() {}

  /** The base fee of the block after {@code parent} (EIP-1559); zero before London. */
  public static UInt256 nextBaseFee(BlockHeader parent, ForkSchedule forks) {
    UInt256 parentFee = parent.baseFeePerGas();
    if (parentFee == null) {
      Fork next = forks.at(parent.number() + 1, parent.timestampSeconds(), UInt256.ONE);
      return next.isAtLeast(Fork.LONDON) ? INITIAL_BASE_FEE : UInt256.ZERO;
    }
    long target = parent.gasLimit() / ELASTICITY;
    long used = parent.gasUsed();
    if (used == target || target == 0) {
      return parentFee;
    }
    BigInteger fee = parentFee.toBigInteger();
    BigInteger change =
        fee.multiply(BigInteger.valueOf(Math.abs(used - target)))
            .divide(BigInteger.valueOf(target))
            .divide(BASE_FEE_CHANGE);
    BigInteger next =
        used > target
            ? fee.add(change.max(BigInteger.ONE))
            : fee.subtract(change).max(BigInteger.ZERO);
    return UInt256.of(next.min(UINT256_MAX));
  }

  /** The excess blob gas of the block after {@code parent} at a time (EIP-4844, EIP-7918). */
  public static long nextExcessBlobGas(
      BlockHeader parent, ForkSchedule forks, long timestampSeconds) {
    return nextExcessBlobGas(parent, forks, forks.at(parent.number() + 1, timestampSeconds));
  }

  /** The same where the fork of the new block is known. */
  public static long nextExcessBlobGas(BlockHeader parent, ForkSchedule forks, Fork fork) {
    if (!fork.isAtLeast(Fork.CANCUN)) {
      return 0;
    }
    BlobParams blobs = forks.blobParams(fork);
    long excess = orZero(parent.excessBlobGas());
    long used = orZero(parent.blobGasUsed());
    if (excess + used < blobs.targetGas()) {
      return 0;
    }
    if (fork.isAtLeast(Fork.OSAKA)) {
      BigInteger execution = BLOB_BASE_COST.multiply(parent.baseFeeOrZero().toBigInteger());
      BigInteger blob =
          BigInteger.valueOf(BlobParams.GAS_PER_BLOB)
              .multiply(blobBaseFee(excess, blobs).toBigInteger());
      if (execution.compareTo(blob) > 0) {
        return excess + used * (blobs.maxBlobs() - blobs.targetBlobs()) / blobs.maxBlobs();
      }
    }
    return excess + used - blobs.targetGas();
  }

  private static long orZero(@Nullable Long value) {
    return value == null ? 0 : value;
  }

  /** The price of a unit of blob gas, wei (EIP-4844: a Taylor series of e^x in integers). */
  public static UInt256 blobBaseFee(long excessBlobGas, BlobParams blobs) {
    BigInteger excess = BigInteger.valueOf(excessBlobGas);
    BigInteger fraction = BigInteger.valueOf(blobs.baseFeeUpdateFraction());
    BigInteger sum = BigInteger.ZERO;
    BigInteger term = fraction;
    for (int i = 1; term.signum() > 0; i++) {
      sum = sum.add(term);
      if (sum.bitLength() > 320) {
        return UInt256.MAX;
      }
      term = term.multiply(excess).divide(fraction.multiply(BigInteger.valueOf(i)));
    }
    return UInt256.of(sum.divide(fraction).min(UINT256_MAX));
  }

  /** The trie root of items under rlp(index). */
  public static Hash32 orderedRoot(List<Bytes> items) {
    return OrderedRoot.of(items);
  }

  public static Hash32 transactionsRoot(List<Transaction> transactions) {
    return OrderedRoot.of(transactions.stream().map(Transaction::encoded).toList());
  }

  public static Hash32 receiptsRoot(List<Receipt> receipts) {
    return OrderedRoot.of(receipts.stream().map(Receipt::encoded).toList());
  }

  public static Hash32 withdrawalsRoot(List<Withdrawal> withdrawals) {
    return OrderedRoot.of(withdrawals.stream().map(BlockRules::encode).toList());
  }

  private static Bytes encode(Withdrawal w) {
    return new RlpWriter(64)
        .startList()
        .integer(w.index())
        .integer(w.validatorIndex())
        .address(w.address())
        .integer(w.amountGwei())
        .endList()
        .toBytes();
  }

  /** The header of an executed block of Paris or later: all roots but the state's are computed. */
  public static BlockHeader seal(ExecutedBlock block, Hash32 stateRoot) {
    return seal(block, stateRoot, block.env().baseFeePerGas());
  }

  /**
   * The same for a block of any fork.
   *
   * @param baseFee null before London
   */
  public static BlockHeader seal(ExecutedBlock block, Hash32 stateRoot, @Nullable UInt256 baseFee) {
    BlockEnv env = block.env();
    boolean cancun = env.parentBeaconBlockRoot() != null;
    List<Withdrawal> withdrawals = block.withdrawals();
    Hash32[] roots = new Hash32[2];
    Parallel.both(
        block.transactions().size() >= LARGE_TRANSACTIONS,
        () -> roots[0] = transactionsRoot(block.transactions()),
        () -> roots[1] = receiptsRoot(block.receipts()));
    return new BlockHeader(
        env.parentHash(),
        Keccak.EMPTY_LIST,
        env.coinbase(),
        stateRoot,
        roots[0],
        roots[1],
        LogsBloom.union(block.receipts().stream().map(Receipt::bloom).toList()),
        env.difficulty(),
        env.number(),
        env.gasLimit(),
        block.gasUsed(),
        env.timestampSeconds(),
        env.extraData(),
        env.prevRandao(),
        BlockHeader.ZERO_NONCE,
        baseFee,
        withdrawals == null ? null : withdrawalsRoot(withdrawals),
        cancun ? (Long) block.blobGasUsed() : null,
        cancun ? (Long) env.excessBlobGas() : null,
        env.parentBeaconBlockRoot(),
        block.requestsHash());
  }

  /** EIP-7934: why an encoded block of this size may not be, or null. */
  public static @Nullable String sizeFault(Fork fork, int encodedBytes) {
    return fork.isAtLeast(Fork.OSAKA) && encodedBytes > MAX_BLOCK_BYTES
        ? "block of " + encodedBytes + " bytes, limit " + MAX_BLOCK_BYTES
        : null;
  }
}
