// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The world state at one point, read-only and unchanging for as long as it is held. Any thread.
 * Implementations: a state on disk, an overlay of changes on another reader, a test's map.
 */
public interface StateReader {
  /** The account, or null when there is none. */
  @Nullable AccountState account(Address address);

  /** Says which accounts will be asked for soon: a state on a disk reads many of them at once. */
  default void expect(Collection<Address> accounts) {}

  /** A storage word; zero when never written. */
  UInt256 storage(Address address, UInt256 key);

  /** The code with this hash; empty for {@link io.lockstep.primitives.crypto.Keccak#EMPTY}. */
  Bytes code(Hash32 codeHash);
}
