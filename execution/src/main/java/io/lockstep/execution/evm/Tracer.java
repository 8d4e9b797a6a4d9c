// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

/**
 * Watches a run step by step (EIP-3155 and the debug methods build on it). It sees each frame while
 * it is as the step found it and must not keep it: frames are used again. The thread of the run.
 */
public interface Tracer {
  /** A message begins: a call, a creation, also one to a precompile or to no code at all. */
  void enter(Frame frame);

  /**
   * An opcode is about to run; {@code frame} has its place, gas and stack before it. What it costs
   * is the difference to the frame's gas at the next step or exit of this frame, or at the entry of
   * a child.
   */
  void step(Frame frame, int op);

  /** A message ended; {@code frame} has the gas left. */
  void exit(Frame frame, int status);

  /** A call or creation that could not even begin (depth, balance, nonce): its gas came back. */
  default void refused(Frame frame, int status) {}
}
