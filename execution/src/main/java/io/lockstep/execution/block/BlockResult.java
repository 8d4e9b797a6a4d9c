// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

/** Whether a whole block holds, but for its state root. */
public sealed interface BlockResult {
  /** It does; the caller computes the state root of its difference and compares. */
  record Valid(ExecutedBlock block) implements BlockResult {}

  /** It does not, and never will on this parent. */
  record Invalid(String reason) implements BlockResult {}
}
