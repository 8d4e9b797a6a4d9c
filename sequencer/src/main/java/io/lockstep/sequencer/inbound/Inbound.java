// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.inbound;

import io.lockstep.l1client.contract.ForcedEnqueued;
import io.lockstep.l1client.contract.MessageSent;
import java.util.List;

/**
 * What waits for the rollups, as L1 has it. Both answers are in the order of the indices, without
 * gaps from {@code from} on, and bounded by {@code most}.
 */
public interface Inbound {
  /** A rollup's messages from index {@code from} on that L1 blocks up to {@code l1Number} hold. */
  List<MessageSent> messages(long rollupId, long from, int most, long l1Number);

  /**
   * A rollup's forced transactions from index {@code from} on that L1 blocks up to {@code l1Number}
   * hold, and only such as are no younger than {@code l1Seconds}.
   *
   * @param l1Seconds Unix seconds
   */
  List<ForcedEnqueued> forced(long rollupId, long from, int most, long l1Number, long l1Seconds);

  /** Of chains that only are read. */
  Inbound NONE =
      new Inbound() {
        @Override
        public List<MessageSent> messages(long rollupId, long from, int most, long l1Number) {
          return List.of();
        }

        @Override
        public List<ForcedEnqueued> forced(
            long rollupId, long from, int most, long l1Number, long l1Seconds) {
          return List.of();
        }
      };
}
