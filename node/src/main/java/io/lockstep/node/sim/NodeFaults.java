// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.node.wire.NodeParts;
import io.lockstep.sequencer.schedule.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What happens to processes, machines, disks and clocks. One thread. */
final class NodeFaults {
  private static final int MOST_SECONDS_AHEAD = 16;

  private final FaultScene scene;
  private final UnaryOperator<SimNode> twins;
  private final List<SimNode> twinsUp = new ArrayList<>();

  NodeFaults(FaultScene scene, UnaryOperator<SimNode> twins) {
    this.scene = scene;
    this.twins = twins;
  }

  void addTo(Map<String, BooleanSupplier> kinds) {
    kinds.put("kill", this::kill);
    kinds.put("power-loss", this::powerLoss);
    kinds.put("power-loss-sequencer", this::powerLossOfOwner);
    kinds.put("kill-sequencer", () -> killOwner(false));
    kinds.put("kill-successor", () -> killOwner(true));
    kinds.put("kill-all", this::killAll);
    kinds.put("backup-restored", this::restoreBackup);
    kinds.put("twin", this::twin);
    kinds.put("clock-skew", this::skew);
  }

  void end() {
    twinsUp.forEach(SimNode::kill);
  }

  private void startAgain(SimNode node) {
    down(node, scene.between(50, 8_000));
  }

  private void down(SimNode node, long ms) {
    scene.excuses().during(Excuses.Trouble.DOWN, node.index(), ms + FaultScene.LAG_MS);
    scene.until(ms, node::start);
  }

  private boolean kill() {
    SimNode node = scene.any();
    if (!node.isUp()) {
      return false;
    }
    node.kill();
    startAgain(node);
    return scene.tell(node.name() + " is killed");
  }

  /** The operator whose turn it is, or who comes next, dies and is back at once, or too late. */
  private boolean killOwner(boolean next) {
    SimNode node = owner(next);
    if (node == null || !node.isUp()) {
      return false;
    }
    node.kill();
    down(
        node,
        scene.random().nextBoolean() ? scene.between(20, 1_200) : scene.between(4_000, 10_000));
    return scene.tell(
        node.name() + ", " + (next ? "whose turn is next," : "in its turn,") + " is killed");
  }

  private @Nullable SimNode owner(boolean next) {
    for (SimNode node : scene.nodes()) {
      NodeParts parts = node.parts();
      if (parts == null) {
        continue;
      }
      long nowSeconds = scene.time().nowMs() / 1000;
      Window now = parts.core().turns().windowAt(nowSeconds);
      for (int later = 0; now != null && later < MOST_SECONDS_AHEAD; later++) {
        Window then = parts.core().turns().windowAt(nowSeconds + later);
        if (then != null && !then.idle() && next == (then.operatorId() != now.operatorId())) {
          return scene.operators().get(Math.toIntExact(then.operatorId() - 1));
        }
      }
    }
    return null;
  }

  private boolean powerLoss() {
    SimNode node = scene.any();
    if (!node.isUp()) {
      return false;
    }
    int lost = node.losePower(scene.random());
    startAgain(node);
    return scene.tell(node.name() + " loses power and its last " + lost + " commits");
  }

  /** A reset in the middle of a turn; the machine is back within the tick. */
  private boolean powerLossOfOwner() {
    SimNode node = owner(false);
    if (node == null || !node.isUp()) {
      return false;
    }
    int lost = node.losePower(scene.random());
    down(node, scene.between(20, 400));
    return scene.tell(node.name() + ", in its turn, loses power and its last " + lost + " commits");
  }

  private boolean killAll() {
    for (SimNode node : scene.operators()) {
      node.kill();
      down(node, scene.between(50, 4_000));
    }
    return scene.tell("all operators are killed");
  }

  private boolean restoreBackup() {
    SimNode node = scene.operators().get(scene.random().nextInt(scene.operators().size()));
    if (!node.isUp()) {
      return false;
    }
    SimNode.Backup backup = node.backUp();
    scene.tell(node.name() + "'s disk is backed up");
    scene.until(
        scene.between(500, 8_000),
        () -> {
          node.kill();
          node.restore(backup);
          scene.tell(node.name() + " is killed and its backup restored");
          down(node, scene.between(50, 4_000));
        });
    return true;
  }

  private boolean twin() {
    SimNode node = scene.operators().get(scene.random().nextInt(scene.operators().size()));
    SimNode twin = twins.apply(node);
    twin.restore(node.backUp());
    twin.start();
    twinsUp.add(twin);
    long ms = scene.between(2_000, 12_000);
    scene.until(ms, twin::kill);
    return scene.tell("a twin of " + node.name() + " runs for " + ms + " ms on a copy of its disk");
  }

  private boolean skew() {
    SimNode node = scene.any();
    long ms = scene.random().nextInt(1_200) - 600L;
    node.skew(ms);
    return scene.tell(node.name() + "'s clock is off by " + ms + " ms");
  }
}
