// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.evm.Frame;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log as a tracer sees it: from the frame that is about to write it. The run's thread. */
final class TracedLog {
  private TracedLog() {}

  /** What a LOG opcode is about to write; null when the frame is about to fail instead. */
  static @Nullable Log of(Frame frame, int topicCount) {
    int size = frame.stackSize();
    if (size < 2 + topicCount || frame.isStatic()) {
      return null;
    }
    long offset = frame.stackWord(size - 1).toLongSaturated();
    long length = frame.stackWord(size - 2).toLongSaturated();
    // A byte of data costs eight gas, and no memory reaches beyond an int.
    if (length > frame.gas() || (length > 0 && offset > Integer.MAX_VALUE - length)) {
      return null;
    }
    byte[] data = new byte[(int) length];
    byte[] memory = frame.memory().unsafeArray();
    if (length > 0 && offset < memory.length) {
      int from = (int) offset;
      System.arraycopy(memory, from, data, 0, Math.min(data.length, memory.length - from));
    }
    List<Hash32> topics = new ArrayList<>();
    for (int i = 0; i < topicCount; i++) {
      topics.add(frame.stackWord(size - 3 - i).toHash());
    }
    return new Log(frame.selfAddress(), topics, Bytes.wrap(data));
  }
}
