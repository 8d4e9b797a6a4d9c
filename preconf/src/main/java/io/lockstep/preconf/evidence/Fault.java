// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.evidence;

/** A fault that a node can show, by its name in the catalogue (protocol §2.5). */
public enum Fault {
  /** Two signatures for one place. */
  EQUIVOCATION(1),
  /** A final seal, and the own posting of that window has another block there or none. */
  POSTED_ANOTHER(2),
  /** A tick of the window after its own end. */
  AFTER_END(4),
  /** A posted batch that derives to nothing. */
  DERIVED_TO_NOTHING(6);

  private final int number;

  Fault(int number) {
    this.number = number;
  }

  byte keyByte() {
    return (byte) number;
  }

  /** As the catalogue numbers it. */
  public String catalogueName() {
    return "F" + number;
  }
}
