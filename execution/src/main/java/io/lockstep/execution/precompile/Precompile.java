// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import org.jspecify.annotations.Nullable;

/** One precompiled contract under the prices of one fork. Without state, any thread. */
public interface Precompile {
  /** What a call with this input costs; {@link Long#MAX_VALUE} for more than anyone has. */
  long gas(byte[] in, int offset, int length);

  /** The output, which the caller may keep; null when the call fails and burns its gas. */
  byte @Nullable [] run(byte[] in, int offset, int length);
}
