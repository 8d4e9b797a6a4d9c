// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

/**
 * Calls that one address may make, by class of method; 0 does not limit. Any thread.
 *
 * @param readPerSecond calls that read one thing
 * @param heavyPerSecond calls that run code or go through many blocks
 * @param writePerSecond calls that bring in a transaction or ask for a promise
 * @param burstSeconds how long an address may save up what it did not use
 * @param maxAddresses addresses that are told apart; what comes beyond them shares one allowance
 */
public record RpcRates(
    int readPerSecond, int heavyPerSecond, int writePerSecond, int burstSeconds, int maxAddresses) {
  /** As it is when the configuration does not say. */
  public static final RpcRates DEFAULT = new RpcRates(1_000, 100, 500, 5, 65_536);

  /** No limits: for servers that only the own machine or the own network reaches. */
  public static final RpcRates NONE = new RpcRates(0, 0, 0, 1, 1);
}
