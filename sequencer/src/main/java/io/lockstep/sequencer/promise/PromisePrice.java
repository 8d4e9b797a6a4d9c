// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.promise;

import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a promise costs (protocol §6.1): its data on L1, the crowd, the risk that stands behind it,
 * and how little of the exposure is left. Whole numbers, rounded up; amounts in wei. Pure. Any
 * thread.
 */
public final class PromisePrice {
  private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);
  private static final BigInteger YEAR_SECONDS = BigInteger.valueOf(31_557_600);

  /** EIP-7918: execution gas that a blob costs at least. */
  private static final BigInteger BLOB_BASE_COST = BigInteger.valueOf(1 << 13);

  private static final BigInteger GAS_PER_BLOB = BigInteger.valueOf(1 << 17);

  /** Bytes that a blob holds, 31 in each field element. */
  private static final BigInteger BLOB_BYTES = BigInteger.valueOf(126_976);

  private final PromiseRates rates;

  public PromisePrice(PromiseRates rates) {
    this.rates = rates;
  }

  /**
   * What L1 asks now.
   *
   * @param baseFeeWei per gas
   * @param blobBaseFeeWei per blob gas
   */
  public record L1Fees(UInt256 baseFeeWei, UInt256 blobBaseFeeWei) {}

  /**
   * One promise.
   *
   * @param dataBytes what its transaction takes in a batch; 0 when it is about none
   * @param gas least gas that the transaction uses; 0 when there is none
   * @param coverageWei stake that is to stand behind it
   * @param openSeconds how long its maker may still choose what it is about: from the request to
   *     the tick's end
   * @param isPlaced whether it fixes a place or a state, so that it is worth an option
   */
  public record Asked(
      long dataBytes, long gas, UInt256 coverageWei, long openSeconds, boolean isPlaced) {}

  /**
   * How far the signer stands.
   *
   * @param outstandingWei exposure without this promise
   * @param limitWei the most it may be
   */
  public record Exposure(UInt256 outstandingWei, UInt256 limitWei) {
    /** Exposure with {@code coverageWei} more, of the limit, millionths; at most 1,000,000. */
    public long utilisationPpm(UInt256 coverageWei) {
      BigInteger with = outstandingWei.toBigInteger().add(coverageWei.toBigInteger());
      BigInteger limit = limitWei.toBigInteger();
      return limit.signum() == 0 || with.compareTo(limit) >= 0
          ? 1_000_000
          : with.multiply(MILLION).divide(limit).longValueExact();
    }
  }

  /** The parts of a price, wei. */
  public record Quote(UInt256 dataWei, UInt256 congestionWei, UInt256 riskWei) {
    public UInt256 totalWei() {
      return dataWei.add(congestionWei).add(riskWei);
    }
  }

  /**
   * The price.
   *
   * @param congestionWeiPerGas what the rollup's frags ask at the moment
   * @return null when it cannot be had: the exposure would reach its limit
   */
  public @Nullable Quote quote(
      Asked asked, L1Fees fees, UInt256 congestionWeiPerGas, Exposure exposure) {
    UInt256 risk = risk(asked, exposure);
    return risk == null
        ? null
        : new Quote(
            bounded(dataWei(asked.dataBytes, fees)),
            bounded(congestionWeiPerGas.toBigInteger().multiply(BigInteger.valueOf(asked.gas))),
            risk);
  }

  /** Its share of the blobs and of the posting's gas. */
  private BigInteger dataWei(long bytes, L1Fees fees) {
    BigInteger size = BigInteger.valueOf(bytes);
    BigInteger baseFee = fees.baseFeeWei.toBigInteger();
    BigInteger floor = up(baseFee.multiply(BLOB_BASE_COST), GAS_PER_BLOB);
    BigInteger perBlobGas = fees.blobBaseFeeWei.toBigInteger().max(floor);
    BigInteger blobs = up(size.multiply(GAS_PER_BLOB).multiply(perBlobGas), BLOB_BYTES);
    BigInteger gas = baseFee.multiply(BigInteger.valueOf(rates.postingGas()));
    return blobs.add(up(gas.multiply(size), BigInteger.valueOf(rates.postingBytes())));
  }

  /** {@code (P_miss (1 − P_carry) φ v + r v Δt + v σ² Δt / 8) / (1 − u)²}; null at u = 1. */
  private @Nullable UInt256 risk(Asked asked, Exposure exposure) {
    BigInteger coverage = asked.coverageWei.toBigInteger();
    BigInteger limit = exposure.limitWei.toBigInteger();
    BigInteger left = limit.subtract(exposure.outstandingWei.toBigInteger()).subtract(coverage);
    if (left.signum() <= 0) {
      return null;
    }
    BigInteger uncarried = MILLION.subtract(BigInteger.valueOf(rates.carryPpm()));
    BigInteger loss =
        up(
            coverage
                .multiply(BigInteger.valueOf(rates.missPpm()))
                .multiply(uncarried)
                .multiply(BigInteger.valueOf(rates.finePpm())),
            MILLION.pow(3));
    BigInteger capital =
        up(
            coverage
                .multiply(BigInteger.valueOf(rates.capitalPpmPerYear()))
                .multiply(BigInteger.valueOf(rates.settleSeconds())),
            MILLION.multiply(YEAR_SECONDS));
    BigInteger volatility = BigInteger.valueOf(rates.volatilityPpmPerYear());
    BigInteger option =
        asked.isPlaced
            ? up(
                coverage
                    .multiply(volatility.pow(2))
                    .multiply(BigInteger.valueOf(asked.openSeconds)),
                MILLION.pow(2).multiply(YEAR_SECONDS).shiftLeft(3))
            : BigInteger.ZERO;
    BigInteger plain = loss.add(capital).add(option);
    return bounded(up(plain.multiply(limit.pow(2)), left.pow(2)));
  }

  private static BigInteger up(BigInteger dividend, BigInteger divisor) {
    BigInteger[] both = dividend.divideAndRemainder(divisor);
    return both[1].signum() == 0 ? both[0] : both[0].add(BigInteger.ONE);
  }

  /** No price above 2^128 is worth telling apart; sums of such fit a word. */
  private static UInt256 bounded(BigInteger wei) {
    return UInt256.of(wei.bitLength() > 128 ? BigInteger.ONE.shiftLeft(128) : wei);
  }
}
