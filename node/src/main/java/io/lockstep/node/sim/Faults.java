// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.l1.SteppedBox;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What goes wrong in a run, when and how often, all of it drawn from the seed. One thread. */
final class Faults {
  private final SimTime time;
  private final SplittableRandom random;
  private final SteppedBox box;
  private final SimNetwork network;
  private final List<SimNode> nodes;
  private final Story story;
  private final Map<String, Integer> counts = new LinkedHashMap<>();

  Faults(
      SimTime time,
      SplittableRandom random,
      SteppedBox box,
      SimNetwork network,
      List<SimNode> nodes,
      Story story) {
    this.time = time;
    this.random = random;
    this.box = box;
    this.network = network;
    this.nodes = nodes;
    this.story = story;
  }

  void plan(long fromMs, long untilMs) {}

  void end() {}

  Map<String, Integer> counts() {
    return counts;
  }
}
