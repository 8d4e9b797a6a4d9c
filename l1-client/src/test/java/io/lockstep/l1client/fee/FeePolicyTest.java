// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.fee;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.fee.FeeMarket.Tips;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeePolicyTest {
  private static final long SEED = 20_260_822;
  private static final long SLOT_SECONDS = 12;
  private static final UInt256 GWEI = UInt256.of(1_000_000_000L);
  private static final BlobParams PRAGUE = new BlobParams(6, 9, 5_007_716, false);
  private static final BlobParams BPO1 = new BlobParams(10, 15, 8_346_193, true);
  private static final BlobParams BPO2 = new BlobParams(14, 21, 11_684_671, true);
  private static final GasNeed NEED = GasNeed.of(700_000, 6);
  private static final FeePolicy POLICY = FeePolicy.DEFAULT;

  private static L1Block block(
      long seconds, UInt256 baseFee, long gasUsed, long blobGasUsed, long excess) {
    return new L1Block(
        new BlockRef(1, Hash32.ofWords(0, 0, 0, 1), Hash32.ZERO, seconds),
        Hash32.ZERO,
        Hash32.ZERO,
        Hash32.ZERO,
        baseFee,
        36_000_000,
        gasUsed,
        blobGasUsed,
        excess);
  }

  private static FeeMarket market(L1Block head, BlobSchedule schedule, Tips tips) {
    return new FeeMarket(head, schedule, UInt256.ZERO, SLOT_SECONDS, tips);
  }

  private static BlobSchedule from(BlobParams params) {
    return new BlobSchedule(List.of(new BlobSchedule.Entry(0, params)));
  }

  /** The next block of a chain that uses as much as these say. */
  private static L1Block next(L1Block head, BlobSchedule schedule, long gasUsed, int blobs) {
    FeeMarket market = market(head, schedule, new Tips(UInt256.ZERO, UInt256.ZERO));
    BlobParams params = schedule.at(head.timestampSeconds() + SLOT_SECONDS);
    return block(
        head.timestampSeconds() + SLOT_SECONDS,
        market.nextBaseFee(),
        gasUsed,
        Math.min(blobs, params.maxBlobs()) * BlobParams.GAS_PER_BLOB,
        excessAfter(head, params));
  }

  /** EIP-7918 written down a second time, in big integers. */
  private static long excessAfter(L1Block parent, BlobParams params) {
    BigInteger perBlob = BigInteger.valueOf(BlobParams.GAS_PER_BLOB);
    BigInteger both = BigInteger.valueOf(parent.excessBlobGas() + parent.blobGasUsed());
    BigInteger target = perBlob.multiply(BigInteger.valueOf(params.targetBlobs()));
    if (both.compareTo(target) < 0) {
      return 0;
    }
    BigInteger price =
        FeeMarket.blobFee(parent.excessBlobGas(), params).toBigInteger().multiply(perBlob);
    BigInteger reserve = parent.baseFee().toBigInteger().shiftLeft(13);
    if (params.hasReservePrice() && reserve.compareTo(price) > 0) {
      return parent.excessBlobGas()
          + BigInteger.valueOf(parent.blobGasUsed())
              .multiply(BigInteger.valueOf(params.maxBlobs() - params.targetBlobs()))
              .divide(BigInteger.valueOf(params.maxBlobs()))
              .longValueExact();
    }
    return both.subtract(target).longValueExact();
  }

  @Test
  void computesTheFeesOfTheStandards() {
    L1Block full = block(100, GWEI, 36_000_000, 0, 0);
    FeeMarket market = market(full, from(PRAGUE), new Tips(UInt256.ZERO, UInt256.ZERO));
    assertThat(market.nextBaseFee()).isEqualTo(UInt256.of(1_125_000_000L));
    // e^(10,000,000 / 3,338,477) = 19.99
    assertThat(FeeMarket.blobFee(10_000_000, BlobParams.CANCUN)).isEqualTo(UInt256.of(19));
    assertThat(FeeMarket.blobFee(0, BPO2)).isEqualTo(UInt256.ONE);
    assertThat(FeeMarket.blobFee(Long.MAX_VALUE, BPO2)).isNotEqualTo(UInt256.ZERO);
  }

  @Test
  void knowsTheParametersThatGoWithAMaximum() {
    assertThat(BlobParams.ofMax(6, false)).isEqualTo(BlobParams.CANCUN);
    assertThat(BlobParams.ofMax(9, false)).isEqualTo(PRAGUE);
    assertThat(BlobParams.ofMax(15, true)).isEqualTo(BPO1);
    assertThat(BlobParams.ofMax(21, true)).isEqualTo(BPO2);
  }

  @Test
  void holdsTheFeeAtTheReservePriceOnceThatIsInForce() {
    // blobs below target would empty the excess, were execution not so dear
    L1Block head = block(100, GWEI.multiply(UInt256.of(30)), 18_000_000, 15L << 17, 20_000_000);
    L1Block with = next(head, from(BPO2), 0, 0);
    L1Block without = next(head, from(new BlobParams(14, 21, 11_684_671, false)), 0, 0);
    assertThat(with.excessBlobGas()).isEqualTo(20_000_000 + (15L << 17) * 7 / 21);
    assertThat(without.excessBlobGas()).isEqualTo(20_000_000 + (1L << 17));
    assertThat(market(head, from(BPO2), new Tips(UInt256.ZERO, UInt256.ZERO)).nextBlobFee())
        .isEqualTo(FeeMarket.blobFee(with.excessBlobGas(), BPO2));
  }

  /** Whatever the blocks until the deadline carry, the offer stays good in each of them. */
  @Test
  void whatIsPricedForADeadlineHoldsUntilThen() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    int priced = 0;
    for (int round = 0; round < 2_000; round++) {
      long start = 1_000_000;
      BlobSchedule schedule =
          new BlobSchedule(
              List.of(
                  new BlobSchedule.Entry(0, random.nextBoolean() ? PRAGUE : BPO1),
                  new BlobSchedule.Entry(start + random.nextInt(200), BPO2)));
      L1Block head =
          block(
              start,
              UInt256.of(1 + (long) (Math.pow(10, random.nextInt(11)) * random.nextDouble())),
              random.nextInt(36_000_001),
              (long) random.nextInt(10) << 17,
              random.nextInt(120_000_000));
      int blocksLeft = 1 + random.nextInt(20);
      FeeMarket market = market(head, schedule, new Tips(UInt256.ZERO, UInt256.ZERO));
      Fees fees = POLICY.first(market, NEED, blocksLeft);
      if (fees == null || NEED.cost(fees.doubled()).compareTo(POLICY.budgetWei()) > 0) {
        continue;
      }
      priced++;
      boolean whole =
          NEED.cost(
                      new Fees(
                              fees.tip(),
                              market.highestBaseFee(20).add(fees.tip()),
                              Fees.max(GWEI, market.highestBlobFee(20)))
                          .doubled())
                  .compareTo(POLICY.budgetWei())
              <= 0;
      L1Block at = head;
      for (int i = 0; i < blocksLeft && whole; i++) {
        FeeMarket now = market(at, schedule, market.tips());
        assertThat(POLICY.covers(fees, now, NEED))
            .as("seed %d, round %d: block %d of %d", SEED, round, i + 1, blocksLeft)
            .isTrue();
        boolean worst = random.nextInt(3) > 0;
        at =
            next(
                at,
                schedule,
                worst ? 36_000_000 : random.nextInt(36_000_001),
                worst ? 21 : random.nextInt(22));
      }
    }
    assertThat(priced).isGreaterThan(500);
  }

  @Test
  void staysWithinCapsAndBudgetAndDoublesOnReplacing() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED + 1);
    int replaced = 0;
    for (int round = 0; round < 2_000; round++) {
      FeePolicy policy =
          new FeePolicy(
              GWEI,
              GWEI.multiply(UInt256.of(1 + random.nextInt(200))),
              GWEI,
              GWEI.multiply(UInt256.of(10 + random.nextInt(10_000))),
              GWEI.multiply(UInt256.of(1 + random.nextInt(10_000))),
              GWEI.multiply(UInt256.of(1_000_000L + random.nextInt(2_000_000_000))));
      L1Block head =
          block(
              1_000_000,
              UInt256.of((long) (Math.pow(10, random.nextInt(12)) * random.nextDouble())),
              random.nextInt(36_000_001),
              (long) random.nextInt(22) << 17,
              random.nextInt(250_000_000));
      Tips tips =
          new Tips(
              UInt256.of(random.nextLong(10_000_000_000L)),
              UInt256.of(random.nextLong(1_000_000_000_000L)));
      FeeMarket market = market(head, from(BPO2), tips);
      Fees fees = policy.first(market, NEED, 1 + random.nextInt(30));
      for (int i = 0; fees != null && i < 12; i++) {
        assertThat(fees.feeCap()).isLessThanOrEqualTo(policy.maxFeeCap());
        assertThat(fees.tip()).isLessThanOrEqualTo(policy.maxTip());
        assertThat(fees.tip()).isLessThanOrEqualTo(fees.feeCap());
        assertThat(fees.blobFeeCap()).isLessThanOrEqualTo(policy.maxBlobFeeCap());
        assertThat(NEED.cost(fees)).isLessThanOrEqualTo(policy.budgetWei());
        Fees twice = policy.replacement(fees, market, NEED, 1 + random.nextInt(30));
        if (twice != null) {
          replaced++;
          assertThat(twice.max(fees.doubled()))
              .as("seed %d, round %d", SEED, round)
              .isEqualTo(twice);
        }
        fees = twice;
      }
    }
    assertThat(replaced).isGreaterThan(500);
  }

  @Test
  void offersAHigherTipWhenFewBlocksAreLeft() {
    Tips tips = new Tips(GWEI.multiply(UInt256.of(2)), GWEI.multiply(UInt256.of(30)));
    FeeMarket market = market(block(100, GWEI, 0, 0, 0), from(BPO2), tips);

    assertThat(offered(market, 10).tip()).isEqualTo(GWEI.multiply(UInt256.of(2)));
    assertThat(offered(market, 3).tip()).isEqualTo(GWEI.multiply(UInt256.of(30)));
  }

  private static Fees offered(FeeMarket market, int blocksLeft) {
    return Objects.requireNonNull(POLICY.first(market, NEED, blocksLeft));
  }

  @Test
  void offersNothingThatNoBlockWouldTake() {
    UInt256 dear = GWEI.multiply(UInt256.of(30_000));
    FeeMarket market =
        market(
            block(100, dear, 18_000_000, 0, 0), from(BPO2), new Tips(UInt256.ZERO, UInt256.ZERO));

    assertThat(POLICY.first(market, NEED, 4)).isNull();
  }
}
