// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

/**
 * Bounds of one chain's caches. An account takes some 250 bytes of heap, a storage word some 200, a
 * header 1 KiB.
 */
public record ChainCaches(
    long trieBytes, long accounts, long storageWords, long codeBytes, long headers) {
  /** At most about 140 MiB when all are full. */
  public static final ChainCaches DEFAULT =
      new ChainCaches(256L << 20, 131_072, 131_072, 8L << 20, 1_024);

  public ChainCaches {
    if (trieBytes < 0 || accounts < 0 || storageWords < 0 || codeBytes < 0 || headers < 0) {
      throw new IllegalArgumentException("a cache's bound is below zero");
    }
  }
}
