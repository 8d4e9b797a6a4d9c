// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.snapshot;

import org.jspecify.annotations.Nullable;

/** What a snapshot file consists of, in this order; the kind's number is on the disk. */
enum Frame {
  /** Once: which cluster, which height, where in L1. */
  MANIFEST(1),
  /** Once a rollup, before its code and state: the block and the headers below it. */
  ROLLUP(2),
  /** One contract's code. */
  CODE(3),
  /** Accounts and their words. */
  STATE(4),
  /** Once: what came before it, counted and hashed. */
  END(5);

  /** What a snapshot file begins with, before the compressed stream; the last byte is a version. */
  static final byte[] MAGIC = {'L', 'O', 'C', 'K', 'S', 'N', 'A', 'P', 1};

  /** What an entry of a STATE frame begins with. */
  static final long ACCOUNT = 1;

  static final long WORD = 2;

  /** Longest payload: a block with all its receipts. */
  static final int LIMIT_BYTES = 256 << 20;

  private final int number;

  Frame(int number) {
    this.number = number;
  }

  /** What stands for it on the disk. */
  int number() {
    return number;
  }

  /** Null for a number of none. */
  static @Nullable Frame of(int number) {
    for (Frame frame : values()) {
      if (frame.number == number) {
        return frame;
      }
    }
    return null;
  }
}
