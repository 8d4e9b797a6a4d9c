// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.ssz;

/** A hash tree that takes its leaves one after the other. One thread. */
interface LeafTree {
  /** Adds the next leaf, 32 bytes, which are copied. */
  void add(byte[] leaf);

  /** Where leaf {@code index} stands. */
  long gindexOf(long index);

  /** The root over what was added; nothing is added after it. */
  byte[] root();
}
