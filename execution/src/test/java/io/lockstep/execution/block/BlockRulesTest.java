// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.LogsBloom;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockRulesTest {
  private static final ForkSchedule OSAKA = ForkSchedule.allAt(Fork.OSAKA);

  private static BlockHeader parent(
      long gasUsed, UInt256 baseFee, long blobGasUsed, long excessBlobGas) {
    return new BlockHeader(
        Hash32.ZERO,
        Keccak.EMPTY_LIST,
        Address.ZERO,
        Hash32.ZERO,
        Keccak.EMPTY_TRIE_ROOT,
        Keccak.EMPTY_TRIE_ROOT,
        LogsBloom.EMPTY,
        UInt256.ZERO,
        10,
        30_000_000,
        gasUsed,
        100,
        Bytes.EMPTY,
        Hash32.ZERO,
        BlockHeader.ZERO_NONCE,
        baseFee,
        Keccak.EMPTY_TRIE_ROOT,
        blobGasUsed,
        excessBlobGas,
        Hash32.ZERO,
        BlockHeader.EMPTY_REQUESTS_HASH);
  }

  @Test
  void movesTheBaseFeeByAnEighthAtMost() {
    UInt256 fee = UInt256.of(1_000_000_000);

    assertThat(BlockRules.nextBaseFee(parent(15_000_000, fee, 0, 0), OSAKA)).isEqualTo(fee);
    assertThat(BlockRules.nextBaseFee(parent(30_000_000, fee, 0, 0), OSAKA))
        .isEqualTo(UInt256.of(1_125_000_000));
    assertThat(BlockRules.nextBaseFee(parent(0, fee, 0, 0), OSAKA))
        .isEqualTo(UInt256.of(875_000_000));
    assertThat(BlockRules.nextBaseFee(parent(15_000_001, UInt256.of(7), 0, 0), OSAKA))
        .isEqualTo(UInt256.of(8));
  }

  @Test
  void pricesBlobGas() {
    BlobParams cancun = BlobParams.mainnet(Fork.CANCUN);

    assertThat(BlockRules.blobBaseFee(0, cancun)).isEqualTo(UInt256.ONE);
    assertThat(BlockRules.blobBaseFee(2_314_057, cancun)).isEqualTo(UInt256.ONE);
    assertThat(BlockRules.blobBaseFee(2_314_058, cancun)).isEqualTo(UInt256.of(2));
    assertThat(BlockRules.blobBaseFee(10L << 20, cancun)).isEqualTo(UInt256.of(23));
    assertThat(BlockRules.blobBaseFee(Long.MAX_VALUE, cancun)).isEqualTo(UInt256.MAX);
  }

  @Test
  void keepsBlobsFromBecomingMuchCheaperThanExecution() {
    long nineBlobs = 9 * BlobParams.GAS_PER_BLOB;
    long sixBlobs = 6 * BlobParams.GAS_PER_BLOB;

    // Cheap execution: what is above the target is added.
    assertThat(
            BlockRules.nextExcessBlobGas(
                parent(0, UInt256.ONE, nineBlobs, sixBlobs), OSAKA, Fork.OSAKA))
        .isEqualTo(nineBlobs);
    // Dear execution (EIP-7918): a third of what was used is added, and nothing taken off.
    assertThat(
            BlockRules.nextExcessBlobGas(
                parent(0, UInt256.of(1_000_000_000), nineBlobs, sixBlobs), OSAKA, Fork.OSAKA))
        .isEqualTo(sixBlobs + nineBlobs / 3);
    assertThat(
            BlockRules.nextExcessBlobGas(
                parent(0, UInt256.ONE, 0, sixBlobs - 1), OSAKA, Fork.OSAKA))
        .isZero();
  }

  @Test
  void takesNoBlockAboveTheSizeOfEip7934() {
    assertThat(BlockRules.sizeFault(Fork.OSAKA, 8_388_608)).isNull();
    assertThat(BlockRules.sizeFault(Fork.OSAKA, 8_388_609)).contains("8388608");
    assertThat(BlockRules.sizeFault(Fork.PRAGUE, 8_388_609)).isNull();
  }

  @Test
  void computesTheRootOfNothing() {
    assertThat(BlockRules.orderedRoot(List.of())).isEqualTo(Keccak.EMPTY_TRIE_ROOT);
  }
}
