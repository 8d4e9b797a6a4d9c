// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.types.Hash32;

/** The caller's name of a posting: the same content has the same id, so nothing is posted twice. */
public record PostingId(Hash32 value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
