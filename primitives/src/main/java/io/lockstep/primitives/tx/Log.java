// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.List;

/** An event log of a contract, up to four topics. */
public record Log(Address address, List<Hash32> topics, Bytes data) {
  public Log {
    topics = List.copyOf(topics);
  }
}
