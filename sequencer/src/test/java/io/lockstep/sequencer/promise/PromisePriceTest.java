// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.uint.UInt256;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Properties of the price of a promise, over random inputs. */
class PromisePriceTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261123L);
  private static final int ROUNDS = 2_000;
  private static final UInt256 ETHER = UInt256.of(1_000_000_000_000_000_000L);

  private final Random random = new Random(SEED);

  /** 0.54 % missed, 99 % carried, φ 1; 5 % a year for stake, 80 % volatility. */
  private static final PromiseRates RATES =
      new PromiseRates(5_400, 990_000, 1_000_000, 50_000, 60, 800_000, 250_000, 126_976);

  private final PromisePrice price = new PromisePrice(RATES);

  private static UInt256 wei(long amount) {
    return UInt256.of(amount);
  }

  private UInt256 upTo(long bound) {
    return wei(random.nextLong(bound));
  }

  private PromisePrice.L1Fees fees() {
    return new PromisePrice.L1Fees(upTo(200_000_000_000L), upTo(50_000_000_000L));
  }

  private PromisePrice.Asked asked(UInt256 coverage, boolean placed) {
    return new PromisePrice.Asked(
        random.nextLong(10_000), random.nextLong(10_000_000), coverage, 1, placed);
  }

  private static PromisePrice.Quote required(PromisePrice.@Nullable Quote quote) {
    return Objects.requireNonNull(quote, () -> "no price, seed " + SEED);
  }

  @Test
  void neverFallsAsTheExposureGrows() {
    for (int round = 0; round < ROUNDS; round++) {
      UInt256 coverage = upTo(ETHER.toLongSaturated() / 10);
      PromisePrice.Asked asked = asked(coverage, random.nextBoolean());
      PromisePrice.L1Fees fees = fees();
      UInt256 least = UInt256.ZERO;
      UInt256 limit = ETHER.add(upTo(ETHER.toLongSaturated()));
      for (int step = 0; step < 20; step++) {
        UInt256 outstanding = limit.multiply(wei(step)).divide(wei(20));
        PromisePrice.Exposure exposure = new PromisePrice.Exposure(outstanding, limit);
        PromisePrice.Quote quote = price.quote(asked, fees, wei(1), exposure);
        if (exposure.utilisationPpm(coverage) == 1_000_000) {
          assertThat(quote).as("at the limit, seed %d", SEED).isNull();
        } else {
          UInt256 total = required(quote).totalWei();
          assertThat(total).as("seed %d", SEED).isGreaterThanOrEqualTo(least);
          least = total;
        }
      }
    }
  }

  @Test
  void risesWithoutBoundTowardsTheLimit() {
    UInt256 coverage = wei(1_000_000_000_000_000L);
    UInt256 before = UInt256.ZERO;
    for (int digits = 1; digits <= 8; digits++) {
      UInt256 left = ETHER.divide(wei((long) Math.pow(10, digits)));
      UInt256 outstanding = ETHER.subtract(left).subtract(coverage);
      PromisePrice.Quote quote =
          required(
              price.quote(
                  new PromisePrice.Asked(0, 0, coverage, 1, true),
                  fees(),
                  UInt256.ZERO,
                  new PromisePrice.Exposure(outstanding, ETHER)));
      // A tenth of what is left: a hundred times the price.
      assertThat(quote.riskWei()).isGreaterThanOrEqualTo(before.multiply(wei(99)));
      before = quote.riskWei();
    }
    assertThat(before).isGreaterThan(ETHER);
  }

  @Test
  void stopsHardAtTheLimitAndBeyond() {
    for (int round = 0; round < ROUNDS; round++) {
      UInt256 limit = upTo(ETHER.toLongSaturated());
      UInt256 outstanding = upTo(limit.toLongSaturated() + 1);
      UInt256 coverage = limit.subtract(outstanding).add(upTo(10));
      PromisePrice.Exposure exposure = new PromisePrice.Exposure(outstanding, limit);
      assertThat(price.quote(asked(coverage, true), fees(), wei(1), exposure))
          .as("seed %d", SEED)
          .isNull();
      assertThat(exposure.utilisationPpm(coverage)).isEqualTo(1_000_000);
    }
    assertThat(
            price.quote(
                asked(UInt256.ZERO, false),
                fees(),
                wei(1),
                new PromisePrice.Exposure(UInt256.ZERO, UInt256.ZERO)))
        .as("nothing staked")
        .isNull();
  }

  @Test
  void neverFallsWithCoverageDataGasFeesOrTime() {
    PromisePrice.Exposure exposure = new PromisePrice.Exposure(ETHER, ETHER.multiply(wei(10)));
    for (int round = 0; round < ROUNDS; round++) {
      long coverage = random.nextLong(ETHER.toLongSaturated());
      long bytes = random.nextLong(100_000);
      long gas = random.nextLong(10_000_000);
      long base = random.nextLong(1_000_000_000_000L);
      long blob = random.nextLong(1_000_000_000_000L);
      long tip = random.nextLong(1_000_000_000_000L);
      long[] least = {bytes, gas, coverage, base, blob, tip, 1};
      UInt256 cheap = total(least, exposure);
      for (int i = 0; i < least.length; i++) {
        long[] more = least.clone();
        more[i] += 1 + random.nextLong(1_000_000);
        assertThat(total(more, exposure))
            .as("input %d, seed %d", i, SEED)
            .isGreaterThanOrEqualTo(cheap);
      }
    }
  }

  private UInt256 total(long[] in, PromisePrice.Exposure exposure) {
    return required(
            price.quote(
                new PromisePrice.Asked(in[0], in[1], wei(in[2]), in[6], true),
                new PromisePrice.L1Fees(wei(in[3]), wei(in[4])),
                wei(in[5]),
                exposure))
        .totalWei();
  }

  @Test
  void asksForRiskOnlyWhereStakeStandsBehindIt() {
    PromisePrice.Quote quote =
        required(
            price.quote(
                asked(UInt256.ZERO, true),
                fees(),
                wei(1),
                new PromisePrice.Exposure(UInt256.ZERO, ETHER)));
    assertThat(quote.riskWei()).isEqualTo(UInt256.ZERO);
  }

  @Test
  void asksNoLessForBlobsThanTheReservePrice() {
    PromisePrice.Asked asked = new PromisePrice.Asked(1_000, 0, UInt256.ZERO, 1, false);
    PromisePrice.Exposure exposure = new PromisePrice.Exposure(UInt256.ZERO, ETHER);
    PromisePrice.Quote free =
        required(
            price.quote(
                asked,
                new PromisePrice.L1Fees(wei(16_000_000_000L), wei(1)),
                UInt256.ZERO,
                exposure));
    PromisePrice.Quote atFloor =
        required(
            price.quote(
                asked,
                new PromisePrice.L1Fees(wei(16_000_000_000L), wei(1_000_000_000L)),
                UInt256.ZERO,
                exposure));
    assertThat(free.dataWei()).isEqualTo(atFloor.dataWei());
  }

  @Test
  void congestionFollowsHowFullTicksAre() {
    CongestionPrice congestion = new CongestionPrice(1);
    assertThat(congestion.weiPerGas()).isEqualTo(wei(1));
    UInt256 before = UInt256.ZERO;
    for (int tick = 0; tick < 400; tick++) {
      congestion.tick(30_000_000, 30_000_000);
      assertThat(congestion.weiPerGas()).isGreaterThanOrEqualTo(before);
      before = congestion.weiPerGas();
    }
    assertThat(before).as("the most").isBetween(wei(1_000_000_000L), wei(1_000_000_000_000L));
    congestion.tick(15_000_000, 30_000_000);
    assertThat(congestion.weiPerGas()).as("half full").isEqualTo(before);
    for (int tick = 0; tick < 10; tick++) {
      congestion.tick(0, 30_000_000);
      assertThat(congestion.weiPerGas()).isLessThan(before);
      before = congestion.weiPerGas();
    }
    congestion.idle(10_000);
    assertThat(congestion.weiPerGas()).isEqualTo(wei(1));
  }
}
