// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.promise;

/**
 * What an operator prices promises by (protocol §6.1); "ppm" are millionths. Immutable.
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
public record PromiseRates(
    long missPpm,
    long carryPpm,
    long finePpm,
    long capitalPpmPerYear,
    long settleSeconds,
    long volatilityPpmPerYear,
    long postingGas,
    long postingBytes) {
  public PromiseRates {
    if (missPpm < 0
        || missPpm > 1_000_000
        || carryPpm < 0
        || carryPpm > 1_000_000
        || finePpm < 0
        || capitalPpmPerYear < 0
        || settleSeconds < 0
        || volatilityPpmPerYear < 0
        || postingGas < 0
        || postingBytes < 1) {
      throw new IllegalArgumentException("a rate of promises is out of range");
    }
  }
}
