// SPDX-License-Identifier: Apache-2.0
package io.lockstep.conformance;

import java.util.List;

/**
 * What an implementation says of one transaction and the state after it.
 *
 * @param reason why it was refused, in the implementation's own words; not compared
 */
record Verdict(
    boolean taken,
    boolean success,
    long gasUsed,
    String contract,
    List<String> logs,
    String stateRoot,
    String reason) {
  static Verdict refused(String stateRoot, String reason) {
    return new Verdict(false, false, 0, "", List.of(), stateRoot, reason);
  }

  boolean agrees(Verdict other) {
    return taken == other.taken
        && success == other.success
        && gasUsed == other.gasUsed
        && contract.equals(other.contract)
        && logs.equals(other.logs)
        && stateRoot.equals(other.stateRoot);
  }
}
