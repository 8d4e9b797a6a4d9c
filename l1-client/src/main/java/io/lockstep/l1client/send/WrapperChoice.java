// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.primitives.tx.BlobTransaction;

/**
 * Which network form a blob transaction leaves in: that of the L1's active fork where the execution
 * client names its forks, else the newer one until it is refused. Owned by the sender's thread.
 */
final class WrapperChoice {
  private final FeeReader reader;
  private int whenUnsaid = BlobTransaction.WRAPPER_VERSION;

  WrapperChoice(FeeReader reader) {
    this.reader = reader;
  }

  /** The version to begin with. */
  int version() throws L1Exception {
    return switch (reader.wrapping()) {
      case CELLS -> BlobTransaction.WRAPPER_VERSION;
      case PLAIN -> 0;
      case UNSAID -> whenUnsaid;
    };
  }

  /** The version to try once {@code refused} was refused for its form. */
  int afterRefusalOf(int refused) throws L1Exception {
    return switch (reader.wrapping()) {
      case CELLS -> BlobTransaction.WRAPPER_VERSION;
      case PLAIN -> 0;
      case UNSAID -> {
        whenUnsaid = refused == 0 ? BlobTransaction.WRAPPER_VERSION : 0;
        yield whenUnsaid;
      }
    };
  }
}
