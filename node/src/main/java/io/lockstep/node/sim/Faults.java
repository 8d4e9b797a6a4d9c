// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.l1.SteppedBox;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong in a run, when, where and for how long, all of it drawn from the seed. Some runs
 * have a few faults, some have many at once. One thread.
 */
final class Faults {
  private static final int MOST_FAULTS = 16;
  private static final String POISON = "lie-garbage-batch";

  /** In one run of so many an operator posts garbage. */
  private static final int POISON_ONE_IN = 5;

  private final FaultScene scene;
  private final NodeFaults nodeFaults;
  private final SimNetwork network;
  private final Liar liar;
  private final Map<String, Integer> counts = new LinkedHashMap<>();
  private final Map<String, BooleanSupplier> kinds = new LinkedHashMap<>();

  Faults(
      SimTime time,
      SplittableRandom random,
      SteppedBox box,
      SimNetwork network,
      List<SimNode> nodes,
      UnaryOperator<SimNode> twins,
      Liar liar,
      Excuses excuses,
      Story story) {
    this.scene = new FaultScene(time, random, box, nodes, excuses, story);
    this.nodeFaults = new NodeFaults(scene, twins);
    this.network = network;
    this.liar = liar;
    new L1Faults(scene).addTo(kinds);
    new NetworkFaults(scene, network).addTo(kinds);
    nodeFaults.addTo(kinds);
    kinds.put("lie-equivocate", liar::equivocate);
    kinds.put("lie-withhold", liar::withhold);
    kinds.keySet().forEach(kind -> counts.put(kind, 0));
    counts.put(POISON, 0);
  }

  /** How often each kind was injected; every kind is there. */
  Map<String, Integer> counts() {
    return counts;
  }

  /**
   * Draws the faults of a run, all of them within this time.
   *
   * @param more what came to be drawn later, so that what a seed had before stays as it was
   */
  void plan(long fromMs, long untilMs, SplittableRandom more) {
    if (more.nextInt(POISON_ONE_IN) == 0) {
      scene.time().at(fromMs + more.nextLong(untilMs - fromMs), () -> inject(POISON, liar::poison));
    }
    SplittableRandom random = scene.random();
    int faults = 1 + random.nextInt(1 + random.nextInt(MOST_FAULTS));
    List<String> names = List.copyOf(kinds.keySet());
    for (int i = 0; i < faults; i++) {
      String kind = names.get(random.nextInt(names.size()));
      scene
          .time()
          .at(fromMs + random.nextLong(untilMs - fromMs), () -> inject(kind, kinds.get(kind)));
    }
  }

  private void inject(String kind, @Nullable BooleanSupplier fault) {
    if (!scene.hasEnded() && fault != null && fault.getAsBoolean()) {
      counts.merge(kind, 1, Integer::sum);
    }
  }

  /** Everything works again and everybody is there. */
  void end() {
    scene.end();
    for (SimNode node : scene.nodes()) {
      heal(node);
      node.start();
    }
    nodeFaults.end();
    network.heal();
    liar.end();
    scene.excuses().endAll();
  }

  private static void heal(SimNode node) {
    node.trouble().execution = SimL1.Mood.WELL;
    node.trouble().beacon = SimL1.Mood.WELL;
    node.trouble().eventsSilent = false;
    node.trouble().lagBlocks = 0;
    node.trouble().syncs = SimL1.Syncs.WELL;
    node.skew(0);
  }
}
