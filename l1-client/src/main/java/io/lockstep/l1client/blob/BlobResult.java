// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.blob;

import io.lockstep.primitives.types.Bytes;
import java.util.List;

/** How a search for blobs ended. Only {@code Found} may be derived from. */
public sealed interface BlobResult {
  /**
   * All of them, in the order of the hashes asked for, each checked.
   *
   * @param blobs 131,072 bytes each
   */
  record Found(List<Bytes> blobs) implements BlobResult {
    public Found {
      blobs = List.copyOf(blobs);
    }
  }

  /** Some source could not be asked or is not that far: ask again. */
  record NotYet(String why) implements BlobResult {}

  /**
   * Every source answered and none has them all. Blobs exist that L1 accepted, so this is a lack of
   * sources, never a reason to take the batch as empty: the caller waits for an operator to add
   * one.
   */
  record Missing(String why) implements BlobResult {}
}
