// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

/** Whether the key may sign now; asked before a tick is opened (protocol §1.5, §7). Immutable. */
public sealed interface SigningVerdict {
  /** It may. */
  record Ready() implements SigningVerdict {}

  /** Not yet; it passes by itself. */
  record Waiting(String why) implements SigningVerdict {}

  /** The key's holder would not sign now; it passes when it does. */
  record Away(String why) implements SigningVerdict {}

  /**
   * No, until somebody has looked into it.
   *
   * @param whatToDo for the operator, one or two sentences
   */
  record Refusing(String why, String whatToDo) implements SigningVerdict {}
}
