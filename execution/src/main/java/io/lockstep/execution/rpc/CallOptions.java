// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

/**
 * Bounds of the methods that cost.
 *
 * @param callGasCap gas that one eth_call or eth_estimateGas may use
 * @param callTimeoutMs time that one of them, one log query or one proof may take, waiting for its
 *     turn included
 * @param maxLogBlocks blocks that one log query may span
 * @param maxLogResults logs that one query may answer
 */
public record CallOptions(
    long callGasCap, long callTimeoutMs, int maxLogBlocks, int maxLogResults) {
  public static final CallOptions DEFAULTS = new CallOptions(100_000_000, 5_000, 10_000, 20_000);

  public CallOptions {
    if (callGasCap <= 0 || callTimeoutMs <= 0 || maxLogBlocks <= 0 || maxLogResults <= 0) {
      throw new IllegalArgumentException("a bound of calls must be above zero");
    }
  }
}
