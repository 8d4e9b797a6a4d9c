// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

/** A named key space of a store. Each owner declares its own as constants. */
public record Column(String name) {
  public Column {
    if (!name.matches("[a-z0-9-]{1,40}")) {
      throw new IllegalArgumentException(
          "a column's name is 1 to 40 of a-z, 0-9 and -, got " + name);
    }
  }
}
