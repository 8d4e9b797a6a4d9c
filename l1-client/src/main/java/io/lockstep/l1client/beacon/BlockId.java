// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;

/** How the beacon API names a block ({@code block_id}) or a state ({@code state_id}). */
public record BlockId(String text) {
  public static final BlockId HEAD = new BlockId("head");
  public static final BlockId GENESIS = new BlockId("genesis");
  public static final BlockId FINALIZED = new BlockId("finalized");

  public BlockId {
    if (!text.matches("head|genesis|finalized|justified|[0-9]{1,19}|0x[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a block id: " + text);
    }
  }

  public static BlockId of(Slot slot) {
    return new BlockId(slot.toString());
  }

  public static BlockId of(Hash32 root) {
    return new BlockId(root.toHex());
  }

  /**
   * A bare number: a slot everywhere but at anvil, whose blob route takes the execution block's
   * number.
   */
  public static BlockId ofNumber(long number) {
    return new BlockId(Long.toString(number));
  }

  @Override
  public String toString() {
    return text;
  }
}
