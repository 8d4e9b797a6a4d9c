// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.l1.SteppedBox;
import java.util.List;
import java.util.SplittableRandom;

/** What all kinds of faults of a run need. One thread. */
final class FaultScene {
  /** What a fault leaves behind takes so long to be made up for. */
  static final long LAG_MS = 3_000;

  private final SimTime time;
  private final SplittableRandom random;
  private final SteppedBox box;
  private final List<SimNode> nodes;
  private final List<SimNode> operators;
  private final Excuses excuses;
  private final Story story;
  private boolean ended;

  FaultScene(
      SimTime time,
      SplittableRandom random,
      SteppedBox box,
      List<SimNode> nodes,
      Excuses excuses,
      Story story) {
    this.time = time;
    this.random = random;
    this.box = box;
    this.nodes = nodes;
    this.operators = nodes.stream().filter(node -> node.keys() != null).toList();
    this.excuses = excuses;
    this.story = story;
  }

  SimTime time() {
    return time;
  }

  SplittableRandom random() {
    return random;
  }

  SteppedBox box() {
    return box;
  }

  List<SimNode> nodes() {
    return nodes;
  }

  List<SimNode> operators() {
    return operators;
  }

  Excuses excuses() {
    return excuses;
  }

  /** From now on nothing is injected or undone. */
  void end() {
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }

  SimNode any() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  long between(long fromMs, long toMs) {
    return fromMs + random.nextLong(toMs - fromMs);
  }

  /** Undoes a fault after a while, unless all of them have ended. */
  void until(long ms, Runnable undo) {
    time.after(
        ms,
        () -> {
          if (!ended) {
            undo.run();
          }
        });
  }

  boolean tell(String what) {
    story.tell("FAULT", what);
    return true;
  }

  long slotsMs(int slots) {
    return slots * box.clock().slotSeconds() * 1000;
  }
}
