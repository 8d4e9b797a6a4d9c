// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.promise;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.IntrinsicGas;
import io.lockstep.execution.fork.Fork;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.l1client.fee.FeeMarket;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What promises cost in each rollup at the moment. Owner: the sequencing thread. */
public final class PromiseDesk {
  private static final UInt256 FOUR = UInt256.of(4);
  private static final UInt256 FIVE = UInt256.of(5);

  private final PromisePrice price;
  private final Map<Long, CongestionPrice> congestion = new LinkedHashMap<>();
  private final BlobSchedule blobs;
  private final long slotSeconds;
  private final long tickSeconds;

  /**
   * @param rates what the operator prices by
   * @param blobs parameters of the L1's blobs
   */
  public PromiseDesk(
      List<Rollup> rollups,
      PromiseRates rates,
      BlobSchedule blobs,
      long slotSeconds,
      long tickSeconds) {
    this.price = new PromisePrice(rates);
    this.blobs = blobs;
    this.slotSeconds = slotSeconds;
    this.tickSeconds = tickSeconds;
    rollups.forEach(rollup -> congestion.put(rollup.id(), new CongestionPrice(tickSeconds)));
  }

  /** A tick ends, sealed or idle, with these blocks. */
  public void sealed(OpenTick open) {
    for (OpenTick.RollupBlock block : open.blocks()) {
      long limit = block.env().gasLimit();
      congestion(block.rollup()).tick(limit - block.gasLeft(), limit);
    }
  }

  private CongestionPrice congestion(Rollup rollup) {
    return congestion.computeIfAbsent(rollup.id(), _ -> new CongestionPrice(tickSeconds));
  }

  /**
   * What a promise costs.
   *
   * @param env the open block's
   * @param l1Head whose fees are asked for now
   */
  public PromiseOffer offer(
      PromiseAsk ask, Rollup rollup, BlockEnv env, L1Block l1Head, PromisePrice.Exposure exposure) {
    Transaction tx = ask.transaction();
    UInt256 perGas = congestion(rollup).weiPerGas();
    long gas = tx == null ? 0 : leastGas(tx, rollup, env);
    PromisePrice.Quote quote =
        price.quote(
            new PromisePrice.Asked(
                tx == null ? 0 : compressedBytes(tx),
                gas,
                ask.coverageWei(),
                tickSeconds,
                ask.kind() != Promise.INCLUSION),
            fees(l1Head),
            perGas,
            exposure);
    if (quote == null) {
      return new PromiseOffer(
          null,
          UInt256.ZERO,
          exposure,
          "the exposure limit is reached: %s wei stand, %s more were asked for, the limit is %s wei;"
                  .formatted(exposure.outstandingWei(), ask.coverageWei(), exposure.limitWei())
              + " the next posting makes room");
    }
    if (tx == null) {
      return ask.coverageWei().isZero()
          ? new PromiseOffer(quote, UInt256.ZERO, exposure, null)
          : new PromiseOffer(
              null,
              UInt256.ZERO,
              exposure,
              "coverage is paid by a transaction's tip: a state lock has none");
    }
    UInt256 flat = quote.dataWei().add(quote.riskWei());
    UInt256 floor = UInt256.of(Math.max(1, gas));
    UInt256 perLeastGas = flat.add(floor.subtract(UInt256.ONE)).divide(floor);
    return new PromiseOffer(quote, perGas.add(perLeastGas), exposure, null);
  }

  private PromisePrice.L1Fees fees(L1Block head) {
    FeeMarket market =
        new FeeMarket(
            head, blobs, UInt256.ZERO, slotSeconds, new FeeMarket.Tips(UInt256.ZERO, UInt256.ZERO));
    return new PromisePrice.L1Fees(market.nextBaseFee(), market.nextBlobFee());
  }

  /** Gas that it uses whatever it does: refunds give back a fifth at most (EIP-3529). */
  private static long leastGas(Transaction tx, Rollup rollup, BlockEnv env) {
    Fork fork = rollup.genesis().forks().at(env.number(), env.timestampSeconds());
    long least =
        IntrinsicGas.least(
            fork, tx.to() == null, tx.data(), tx.accessList(), tx.authorizations().size());
    return UInt256.of(least).multiply(FOUR).divide(FIVE).toLongSaturated();
  }

  /** An estimate: zeros go away, everything else, signatures above all, stays. */
  static long compressedBytes(Transaction tx) {
    Bytes encoded = tx.encoded();
    long zeros = 0;
    for (byte octet : encoded.unsafeArray()) {
      zeros += octet == 0 ? 1 : 0;
    }
    return encoded.size() - zeros + zeros / 8;
  }
}
