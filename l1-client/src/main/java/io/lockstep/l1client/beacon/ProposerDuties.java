// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who proposes in one epoch (EIP-7917), by rising slot.
 *
 * @param dependentRoot the last block before the epoch's predecessor began: while it stays, the
 *     duties stay
 */
public record ProposerDuties(Epoch epoch, Hash32 dependentRoot, List<Duty> duties) {

  /**
   * @param pubkey 48 bytes
   */
  public record Duty(Slot slot, long validatorIndex, Bytes pubkey) {}

  public ProposerDuties {
    duties = List.copyOf(duties);
  }

  /** The duty of {@code slot}, or null when the slot is of another epoch. */
  public @Nullable Duty at(Slot slot) {
    for (Duty duty : duties) {
      if (duty.slot().equals(slot)) {
        return duty;
      }
    }
    return null;
  }
}
