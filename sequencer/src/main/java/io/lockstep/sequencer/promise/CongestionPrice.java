// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.promise;

import io.lockstep.primitives.uint.UInt256;

/**
 * The tip that a rollup's frags ask beside data and risk (protocol §6.1): it rises with each tick
 * that was fuller than half its gas limit and falls with each that was not, as a base fee does, but
 * by the second. Owner: the sequencing thread.
 */
public final class CongestionPrice {
  /** η for two seconds. */
  private static final double ETA = 1.0 / 8;

  private static final double ETA_SECONDS = 2;
  private static final double LEAST_WEI = 1;

  /** 1,000 gwei per gas: more is no price any more. */
  private static final double MOST_WEI = 1e12;

  private final double exponentPerTick;
  private double weiPerGas = LEAST_WEI;

  public CongestionPrice(long tickSeconds) {
    this.exponentPerTick = ETA * tickSeconds / ETA_SECONDS;
  }

  /** A tick has ended in which so much of the gas limit was used. */
  public void tick(long gasUsed, long gasLimit) {
    double target = Math.max(1, gasLimit / 2);
    double full = Math.clamp((gasUsed - target) / target, -1, 1);
    weiPerGas = Math.clamp(weiPerGas * StrictMath.exp(exponentPerTick * full), LEAST_WEI, MOST_WEI);
  }

  /** Ticks have passed in which there was nothing to do. */
  public void idle(long ticks) {
    double fallen = weiPerGas * StrictMath.exp(-exponentPerTick * Math.max(0, ticks));
    weiPerGas = Math.max(LEAST_WEI, fallen);
  }

  public UInt256 weiPerGas() {
    return UInt256.of((long) Math.ceil(weiPerGas));
  }
}
