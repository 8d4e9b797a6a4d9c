// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import org.jspecify.annotations.Nullable;

/**
 * A hint from the beacon node's event stream: something happened, ask. The stream may lose or
 * repeat events, so nothing is decided by one alone.
 */
public sealed interface BeaconEvent {
  /**
   * One event of the stream, or null for a topic that is not ours.
   *
   * @param name of the event as the stream has it
   */
  static @Nullable BeaconEvent parse(String name, String json) throws DecodeException {
    return BeaconJson.event(name, json);
  }

  /**
   * A new head. The dependent roots are those of the duties of the head's epoch and of the one
   * after it, null when the node did not give them.
   */
  record Head(
      Slot slot,
      Hash32 block,
      @Nullable Hash32 currentEpochDependentRoot,
      @Nullable Hash32 nextEpochDependentRoot,
      boolean optimistic)
      implements BeaconEvent {}

  /**
   * The head moved to another branch.
   *
   * @param depthSlots as the node counts
   */
  record ChainReorg(Slot slot, long depthSlots, Hash32 oldHead, Hash32 newHead)
      implements BeaconEvent {}

  record FinalizedCheckpoint(Epoch epoch, Hash32 block) implements BeaconEvent {}

  /** The stream (re)opened: whatever came in between was not seen, so all is to be looked at. */
  record Opened(String endpoint) implements BeaconEvent {}

  /** The stream broke or fell silent; it will be opened again, at the next endpoint. */
  record Lost(String endpoint, String why) implements BeaconEvent {}
}
