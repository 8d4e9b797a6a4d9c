// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Wei;
import java.util.List;

/**
 * An operator as the registry's view tells it; times are Unix seconds, 0 for never.
 *
 * @param posters exactly two
 */
public record Operator(
    Address owner,
    List<Address> posters,
    Address committer,
    Wei stake,
    long registeredAtSeconds,
    long frozenAtSeconds,
    long exitedAtSeconds,
    boolean withdrawn) {
  public Operator {
    posters = List.copyOf(posters);
  }
}
