// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** What happens to messages between the nodes. One thread. */
final class NetworkFaults {
  private final FaultScene scene;
  private final SimNetwork network;

  NetworkFaults(FaultScene scene, SimNetwork network) {
    this.scene = scene;
    this.network = network;
  }

  void addTo(Map<String, BooleanSupplier> kinds) {
    kinds.put("net-partition", this::partition);
    kinds.put("net-loss", this::loss);
    kinds.put("net-duplicates", this::duplicates);
    kinds.put("net-slow", this::slowNetwork);
    kinds.put("net-request-lost", this::requestLost);
  }

  private boolean partition() {
    Set<Integer> island = new TreeSet<>();
    for (SimNode node : scene.nodes()) {
      if (scene.random().nextBoolean()) {
        island.add(node.index());
      }
    }
    if (island.isEmpty() || island.size() == scene.nodes().size()) {
      island = new TreeSet<>(Set.of(scene.random().nextInt(scene.nodes().size())));
    }
    network.island = island;
    long ms = scene.between(500, 6_000);
    scene.excuses().during(Excuses.Trouble.NETWORK, Excuses.EVERYBODY, ms + FaultScene.LAG_MS);
    scene.until(ms, () -> network.island = Set.of());
    return scene.tell("nodes " + island + " are cut off for " + ms + " ms");
  }

  private boolean loss() {
    network.lossPercent = 5 + scene.random().nextInt(60);
    long ms = scene.between(500, 6_000);
    scene.excuses().during(Excuses.Trouble.NETWORK, Excuses.EVERYBODY, ms + FaultScene.LAG_MS);
    scene.until(ms, () -> network.lossPercent = 0);
    return scene.tell(network.lossPercent + "% of messages get lost for " + ms + " ms");
  }

  private boolean duplicates() {
    network.twicePercent = 50;
    long ms = scene.between(500, 6_000);
    scene.excuses().during(Excuses.Trouble.NETWORK, Excuses.EVERYBODY, ms + FaultScene.LAG_MS);
    scene.until(ms, () -> network.twicePercent = 0);
    return scene.tell("messages come twice for " + ms + " ms");
  }

  private boolean slowNetwork() {
    network.slowestMs = 200 + scene.random().nextInt(1_500);
    long ms = scene.between(500, 6_000);
    scene.excuses().during(Excuses.Trouble.NETWORK, Excuses.EVERYBODY, ms + FaultScene.LAG_MS);
    scene.until(ms, () -> network.slowestMs = SimNetwork.USUAL_SLOWEST_MS);
    return scene.tell("messages take up to " + network.slowestMs + " ms for " + ms + " ms");
  }

  private boolean requestLost() {
    network.requestsToLose = 1 + scene.random().nextInt(3);
    scene.excuses().during(Excuses.Trouble.NETWORK, Excuses.EVERYBODY, FaultScene.LAG_MS);
    return scene.tell("the next " + network.requestsToLose + " requests get lost");
  }
}
