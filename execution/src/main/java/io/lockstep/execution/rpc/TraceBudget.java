// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.RpcError;

/** How much one trace answer may hold, over all its transactions. The run's thread. */
final class TraceBudget {
  /** Steps, calls, and 32-byte words of stack, memory, storage and data. */
  private static final int MAX_WORDS = 500_000;

  private int words;

  void take(int more) {
    words = (int) Math.min(Integer.MAX_VALUE, (long) words + more);
  }

  boolean isSpent() {
    return words >= MAX_WORDS;
  }

  void check() throws RpcError {
    if (isSpent()) {
      throw new RpcError(
          RpcError.LIMIT_EXCEEDED,
          "trace of more than " + MAX_WORDS + " words: leave out the stack or set a limit");
    }
  }
}
