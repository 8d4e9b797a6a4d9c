// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.OperatorConfig.Durability;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.node.deploy.L1Access;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.gossip.Topics;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run: a seed makes a cluster, its users and its faults; the outcome is always the same. */
final class SimRun implements SimNode.Watcher, SimNetwork.Tap {
  /** How much longer the chain may take to go on. */
  private static final int PATIENCE_SLOTS = 24;

  /** One operator in so many does not wait for the disk before it answers. */
  private static final int UNSYNCED_ONE_IN = 3;

  private static final int SLOTS = BoxOptions.SLOTS_PER_EPOCH;

  /** A block of L1 comes so long after its slot's start at the latest. */
  private static final int BLOCK_DELAY_MS = 200;

  private final long seed;

  /** Longer than was asked for when the operators are away for long. */
  private final int epochs;

  private final SimTime time;
  private final SteppedBox box;
  private final Story story;
  private final Invariants invariants;
  private final SimNetwork network;
  private final SimL1 l1;
  private final List<SimNode> nodes = new ArrayList<>();

  /** Second processes with an operator's keys; numbered on after the nodes. */
  private final List<SimNode> twins = new ArrayList<>();

  private final SimNode.Surroundings around;
  private final Users users;
  private final L1Users l1Users;
  private final Insertions insertions;
  private final Faults faults;
  private final RegistryFaults registryFaults;
  private final Liar liar;
  private final MessageDigest digest;
  private final SplittableRandom slotRandom;
  private final SplittableRandom twinRandom;
  private final SplittableRandom successorRandom;
  private final SplittableRandom planRandom;
  private final Absence absence;
  private final Stranger stranger;
  private final Excuses excuses;
  private final Arrivals arrivals;
  private final long startMs;

  private SimRun(long seed, int epochs, @Nullable Consumer<String> reader) {
    this.seed = seed;
    SplittableRandom random = new SplittableRandom(seed);
    PreparedL1 prepared = PreparedL1.get();
    // A stream of its own for what came later, so that what a seed had before stays as it was.
    SplittableRandom more = new SplittableRandom(~seed);
    this.absence = new Absence(more.split());
    this.epochs = epochs + absence.moreEpochs();
    this.box = prepared.open(proposers(random.split(), this.epochs + 4));
    this.startMs = PreparedL1.startMs(box, PreparedL1.FIRST_SLOT);
    this.time = new SimTime(startMs);
    this.story = new Story(time, reader);
    Excuses excuses = new Excuses(time);
    if (reader != null) {
      StoryLog.attach(story);
    }
    this.digest = sha256();
    this.network = new SimNetwork(time, random.split(), this);
    this.l1 = new SimL1(time, random.split(), box);
    ClusterFile cluster = prepared.cluster();
    L1Access world = SimL1.open(box);
    this.successorRandom = more.split();
    this.planRandom = more.split();
    Registrations registrations =
        new Registrations(box, world.execution(), cluster, prepared.keys());
    this.registryFaults = new RegistryFaults(more.split(), registrations, this::successorOf, story);
    this.arrivals = new Arrivals(box, world.execution(), cluster);
    this.insertions = new Insertions(box, arrivals, cluster.parameters());
    this.excuses = excuses;
    this.invariants =
        new Invariants(
            time,
            box,
            cluster.parameters(),
            registrations,
            new CommitmentDomain(cluster.l1().chainId(), cluster.operatorRegistry()),
            insertions,
            excuses,
            story);
    this.around = new SimNode.Surroundings(time, l1, network, cluster, this);
    this.twinRandom = random.split();
    for (int i = 0; i < PreparedL1.OPERATORS; i++) {
      Durability durability =
          random.nextInt(UNSYNCED_ONE_IN) == 0 ? Durability.PROCESS : Durability.FSYNC;
      nodes.add(
          new SimNode(
              i, "operator" + (i + 1), prepared.keys().get(i), durability, around, random.split()));
    }
    nodes.add(
        new SimNode(nodes.size(), "follower", null, Durability.FSYNC, around, random.split()));
    this.users = new Users(time, random.split(), nodes, cluster.rollups().getFirst().chainId());
    this.slotRandom = random.split();
    this.liar =
        new Liar(
            random.split(),
            more.split(),
            new CommitmentDomain(cluster.l1().chainId(), cluster.operatorRegistry()),
            nodes.subList(0, PreparedL1.OPERATORS),
            invariants,
            story);
    this.faults =
        new Faults(
            time,
            random.split(),
            box,
            network,
            List.copyOf(nodes),
            this::twinOf,
            liar,
            excuses,
            story);
    this.l1Users = new L1Users(time, more.split(), world.execution(), nodes, cluster);
    this.stranger = new Stranger(more.split(), world, cluster, story);
  }

  /**
   * Runs one seed.
   *
   * @param reader takes the story line by line; null when nobody reads
   */
  static SimResult run(
      long seed, int epochs, boolean withFaults, @Nullable Consumer<String> reader) {
    SimRun run = new SimRun(seed, epochs, reader);
    try {
      return run.toEnd(withFaults);
    } finally {
      run.nodes.forEach(SimNode::kill);
      run.twins.forEach(SimNode::kill);
      run.box.close();
    }
  }

  private SimResult toEnd(boolean withFaults) {
    long firstSlot = box.currentSlot() + 1;
    if (withFaults) {
      registryFaults.plan(firstSlot, PreparedL1.FIRST_SLOT + (epochs - 1L) * SLOTS);
    }
    for (long slot = firstSlot; slot < PreparedL1.FIRST_SLOT; slot++) {
      registryFaults.before(slot);
      box.produceSlot();
    }
    long slotMs = box.clock().slotSeconds() * 1000;
    long endMs = startMs + (long) epochs * SLOTS * slotMs;
    long calmMs = endMs - SLOTS * slotMs;
    scheduleSlot(PreparedL1.FIRST_SLOT);
    nodes.forEach(SimNode::start);
    users.start();
    l1Users.start();
    if (withFaults) {
      faults.plan(startMs + slotMs, calmMs, planRandom);
      absence.plan(
          time, slotMs, nodes.subList(0, PreparedL1.OPERATORS), twins, stranger, excuses, story);
    }
    runUntil(calmMs);
    faults.end();
    runUntil(calmMs + 2 * slotMs);
    long calmHeight = safeHeight();
    story.tell("world", "no more faults; safe block " + calmHeight);
    runUntil(endMs);
    // An operator that has to hold its peace, a liar's twin, say, may own a whole epoch.
    int patience = registryFaults.changesWho() ? 2 * PATIENCE_SLOTS : PATIENCE_SLOTS;
    for (int slot = 0; slot < patience && safeHeight() <= calmHeight; slot++) {
      runUntil(time.nowMs() + slotMs);
    }
    if (invariants.violation() == null) {
      invariants.atEnd(nodes, calmHeight);
      invariants.outcomes().check(nodes, arrivals.postings(), liar);
    }
    return result();
  }

  private SimNode twinOf(SimNode node) {
    SimNode twin =
        new SimNode(
            nodes.size() + twins.size(),
            node.name() + "'",
            node.keys(),
            node.durability(),
            around,
            twinRandom.split());
    twins.add(twin);
    return twin;
  }

  /** A node of an operator with other keys, on a disk of its own. */
  private SimNode successorOf(int operatorId, OperatorKeys keys) {
    SimNode old = nodes.get(operatorId - 1);
    SimNode successor =
        new SimNode(
            nodes.size() + twins.size(),
            old.name() + "*",
            keys,
            old.durability(),
            around,
            successorRandom.split());
    twins.add(successor);
    return successor;
  }

  private SimNode node(int index) {
    return index < nodes.size() ? nodes.get(index) : twins.get(index - nodes.size());
  }

  private long safeHeight() {
    long highest = 0;
    for (SimNode node : nodes) {
      NodeParts parts = node.parts();
      if (parts != null) {
        highest = Math.max(highest, parts.core().cluster().safeHeight());
      }
    }
    return highest;
  }

  private void runUntil(long untilMs) {
    while (time.nowMs() < untilMs && invariants.violation() == null) {
      time.runUntil(Math.min(untilMs, time.nowMs() + 100));
    }
  }

  private void scheduleSlot(long slot) {
    time.at(
        PreparedL1.startMs(box, slot) + 20 + slotRandom.nextInt(BLOCK_DELAY_MS),
        () -> {
          Hash32 before = box.headHash();
          registryFaults.before(slot);
          box.produceSlot();
          story.tell(
              "L1",
              box.headHash().equals(before)
                  ? "slot " + slot + " has no block"
                  : "slot " + slot + " block " + box.headNumber());
          invariants.slotPassed();
          l1Users.slotPassed();
          stranger.slotPassed(slot);
          scheduleSlot(slot + 1);
        });
  }

  private static List<List<Integer>> proposers(SplittableRandom random, int epochs) {
    List<List<Integer>> out = new ArrayList<>();
    for (int epoch = 0; epoch < epochs; epoch++) {
      out.add(PreparedL1.proposers(random));
    }
    return out;
  }

  @Override
  public void sent(int node, byte topic, Bytes payload) {
    if (topic == Topics.TRANSACTION) {
      return;
    }
    digest.update(ByteBuffer.allocate(13).putLong(time.nowMs()).putInt(node).put(topic).array());
    digest.update(payload.unsafeArray());
    invariants.sent(node(node), topic, payload);
  }

  @Override
  public @Nullable Bytes told(int from, int to, byte topic, Bytes payload) {
    return liar.told(from, to, topic, payload);
  }

  @Override
  public void died(SimNode node, Throwable cause) {
    StringBuilder trace = new StringBuilder(String.valueOf(cause));
    StackTraceElement[] frames = cause.getStackTrace();
    for (int i = 0; i < Math.min(6, frames.length); i++) {
      trace.append(" at ").append(frames[i]);
    }
    invariants.fail("nothing-throws", node.name() + ": " + trace);
  }

  @Override
  public void stepped(SimNode node) {
    invariants.stepped(node);
  }

  @Override
  public void story(String who, String what) {
    story.tell(who, what);
  }

  private SimResult result() {
    long safe = -1;
    int[] taken = {0, 0, 0};
    for (SimNode node : nodes) {
      NodeParts parts = node.parts();
      if (parts != null) {
        long height = parts.core().cluster().safeHeight();
        safe = Math.max(safe, height);
        Hash32 hash = parts.core().cluster().first().chain().canonicalHash(height);
        digest.update(ByteBuffer.allocate(8).putLong(height).array());
        digest.update((hash == null ? Hash32.ZERO : hash).toArray());
        int[] here = insertions.takenAt(hash == null ? Hash32.ZERO : hash);
        taken = here[0] + here[1] > taken[0] + taken[1] ? here : taken;
      }
    }
    Map<String, Integer> counts = new TreeMap<>(faults.counts());
    counts.putAll(registryFaults.counts());
    counts.put(Absence.KIND, absence.count());
    return new SimResult(
        seed,
        invariants.violation(),
        counts,
        invariants.sealsSeen(),
        invariants.promisesSeen(),
        invariants.excused(),
        users.made(),
        taken[0],
        taken[1],
        taken[2],
        Outcomes.openBlocks(nodes),
        safe,
        Hash32.of(digest.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
