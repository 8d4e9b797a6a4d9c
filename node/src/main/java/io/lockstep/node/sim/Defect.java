// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.storage.kv.KeyValueStore;

/**
 * A planted mistake, to show that a run finds it: wraps what a node stands on. {@link #NONE} in
 * every run but a test's.
 */
interface Defect {
  Defect NONE = new Defect() {};

  /** What the node takes for its disk. */
  default KeyValueStore store(KeyValueStore real) {
    return real;
  }
}
