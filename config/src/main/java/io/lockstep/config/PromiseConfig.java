// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

/**
 * What an operator prices promises by (protocol §6.1); "ppm" are millionths. Any thread.
 *
 * @param missPpm how often an own slot is missed
 * @param carryPpm how often a successor carries what was missed
 * @param finePpm part of the coverage that is lost then: φ
 * @param capitalPpmPerYear what locked stake costs
 * @param settleSeconds until a promise no longer counts: posting and the anchor's lag
 * @param volatilityPpmPerYear of the prices that users trade on
 * @param postingGas of one posting, without its blobs
 * @param postingBytes that one posting usually holds
 */
public record PromiseConfig(
    long missPpm,
    long carryPpm,
    long finePpm,
    long capitalPpmPerYear,
    long settleSeconds,
    long volatilityPpmPerYear,
    long postingGas,
    long postingBytes) {
  /** As it is when the configuration does not say. */
  public static final PromiseConfig DEFAULT =
      new PromiseConfig(5_400, 990_000, 1_000_000, 50_000, 60, 800_000, 250_000, 126_976);
}
