// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a header must say after its parent, and a body under its header. Any thread. */
final class HeaderRules {
  private static final int MAX_EXTRA_DATA_BYTES = 32;
  private static final long MIN_GAS_LIMIT = 5_000;
  private static final long GAS_LIMIT_BOUND_DIVISOR = 1_024;

  private HeaderRules() {}

  static @Nullable String fault(
      BlockHeader parent, BlockHeader header, Fork fork, ForkSchedule forks) {
    if (!header.parentHash().equals(parent.hash())) {
      return "parent hash " + header.parentHash() + ", parent is " + parent.hash();
    }
    if (header.number() != parent.number() + 1) {
      return "number " + header.number() + " after " + parent.number();
    }
    if (Long.compareUnsigned(header.timestampSeconds(), parent.timestampSeconds()) <= 0) {
      return "timestamp " + header.timestampSeconds() + " not after its parent's";
    }
    if (header.extraData().size() > MAX_EXTRA_DATA_BYTES) {
      return "extra data of " + header.extraData().size() + " bytes, limit 32";
    }
    if (header.gasUsed() > header.gasLimit()) {
      return "gas used " + header.gasUsed() + " above the limit " + header.gasLimit();
    }
    String fees = feeFault(parent, header, fork, forks);
    if (fees != null) {
      return fees;
    }
    if (fork.isAtLeast(Fork.PARIS)
        && !(header.difficulty().isZero()
            && header.nonce().equals(BlockHeader.ZERO_NONCE)
            && header.ommersHash().equals(Keccak.EMPTY_LIST))) {
      return "difficulty, nonce or ommers in a block after the merge";
    }
    return presenceFault(parent, header, fork, forks);
  }

  private static @Nullable String feeFault(
      BlockHeader parent, BlockHeader header, Fork fork, ForkSchedule forks) {
    boolean london = fork.isAtLeast(Fork.LONDON);
    boolean firstOfLondon = london && parent.baseFeePerGas() == null;
    long before = firstOfLondon ? parent.gasLimit() * 2 : parent.gasLimit();
    if (Math.abs(header.gasLimit() - before) >= before / GAS_LIMIT_BOUND_DIVISOR
        || header.gasLimit() < MIN_GAS_LIMIT) {
      return "gas limit " + header.gasLimit() + " after " + before;
    }
    UInt256 baseFee = header.baseFeePerGas();
    if (london != (baseFee != null)) {
      return "base fee missing, or there before London";
    }
    UInt256 expected = BlockRules.nextBaseFee(parent, forks);
    return baseFee != null && !baseFee.equals(expected)
        ? "base fee " + baseFee + ", expected " + expected
        : null;
  }

  private static @Nullable String presenceFault(
      BlockHeader parent, BlockHeader header, Fork fork, ForkSchedule forks) {
    boolean cancun = fork.isAtLeast(Fork.CANCUN);
    Long blobGasUsed = header.blobGasUsed();
    Long excess = header.excessBlobGas();
    if (fork.isAtLeast(Fork.SHANGHAI) != (header.withdrawalsRoot() != null)
        || cancun != (blobGasUsed != null)
        || cancun != (excess != null)
        || cancun != (header.parentBeaconBlockRoot() != null)
        || fork.isAtLeast(Fork.PRAGUE) != (header.requestsHash() != null)) {
      return "the header does not have the fields of " + fork.fixtureName();
    }
    if (blobGasUsed != null && excess != null) {
      BlobParams blobs = forks.blobParams(fork);
      if (blobGasUsed < 0
          || blobGasUsed > blobs.maxGas()
          || blobGasUsed % BlobParams.GAS_PER_BLOB != 0) {
        return "blob gas used " + blobGasUsed + ", limit " + blobs.maxGas();
      }
      long expected = BlockRules.nextExcessBlobGas(parent, forks, fork);
      if (excess != expected) {
        return "excess blob gas " + Long.toUnsignedString(excess) + ", expected " + expected;
      }
    }
    return null;
  }

  static @Nullable String bodyFault(Block block, Fork fork) {
    BlockHeader header = block.header();
    String size =
        fork.isAtLeast(Fork.OSAKA) ? BlockRules.sizeFault(fork, block.encoded().size()) : null;
    if (size != null) {
      return size;
    }
    if (fork.isAtLeast(Fork.PARIS) && !block.ommers().isEmpty()) {
      return "ommers in a block after the merge";
    }
    Hash32 transactionsRoot = BlockRules.transactionsRoot(block.transactions());
    if (!transactionsRoot.equals(header.transactionsRoot())) {
      return "transactions root " + transactionsRoot + ", header says " + header.transactionsRoot();
    }
    List<Withdrawal> withdrawals = block.withdrawals();
    if ((withdrawals == null) != (header.withdrawalsRoot() == null)) {
      return "withdrawals missing, or there before Shanghai";
    }
    if (withdrawals != null
        && !BlockRules.withdrawalsRoot(withdrawals).equals(header.withdrawalsRoot())) {
      return "withdrawals root differs from the header's";
    }
    return null;
  }
}
