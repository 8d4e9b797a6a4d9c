// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

/**
 * 128 random bits that a node draws when it starts. It tells connections apart, it proves nothing.
 */
public record PeerId(long high, long low) {
  static final int LENGTH_BYTES = 16;

  @Override
  public String toString() {
    return "%016x%016x".formatted(high, low);
  }
}
