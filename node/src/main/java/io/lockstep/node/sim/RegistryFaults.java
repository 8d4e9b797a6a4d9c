// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * Operators change their registration: keys are rotated, one leaves, one is frozen, one falls below
 * the minimum stake and returns. Since a change counts three epochs later, most are made in the
 * epochs just before the run, so that they begin to count in the midst of it. One thread.
 */
final class RegistryFaults {
  static final List<String> KINDS =
      List.of("registry-rotate", "registry-exit", "registry-freeze", "registry-rejoin");

  /** One run in so many has changes at all. */
  private static final int ONE_IN = 2;

  /** So many operators stay as they are, that the chain goes on. */
  private static final int STAY = 2;

  private static final int MOST_DELAY_EPOCHS = 3;

  private final SplittableRandom random;
  private final Registrations registrations;
  private final Story story;
  private final Map<String, Integer> counts = new LinkedHashMap<>();
  private final Map<Long, List<Runnable>> bySlot = new TreeMap<>();
  private final BiFunction<Integer, OperatorKeys, SimNode> successors;
  private boolean changesWho;

  /**
   * @param successors makes a node with an operator's new keys, beside the one that it has
   */
  RegistryFaults(
      SplittableRandom random,
      Registrations registrations,
      BiFunction<Integer, OperatorKeys, SimNode> successors,
      Story story) {
    this.random = random;
    this.registrations = registrations;
    this.successors = successors;
    this.story = story;
    KINDS.forEach(kind -> counts.put(kind, 0));
  }

  Map<String, Integer> counts() {
    return counts;
  }

  /** Whether some operator has less to say than before, so that the chain may rest for longer. */
  boolean changesWho() {
    return changesWho;
  }

  /**
   * Draws what happens in which L1 slot.
   *
   * @param firstSlot the first slot that may have a change, before the run
   * @param lastSlot the last one
   */
  void plan(long firstSlot, long lastSlot) {
    if (random.nextInt(ONE_IN) != 0) {
      return;
    }
    List<Integer> operators = new ArrayList<>();
    for (int id = 1; id <= PreparedL1.OPERATORS; id++) {
      operators.add(id);
    }
    for (int i = operators.size(); i > 1; i--) {
      Collections.swap(operators, i - 1, random.nextInt(i));
    }
    int changes = 1 + random.nextInt(3);
    int leaving = 0;
    for (int i = 0; i < changes; i++) {
      String kind = KINDS.get(random.nextInt(KINDS.size()));
      boolean leaves = !kind.equals("registry-rotate");
      if (leaves && ++leaving > PreparedL1.OPERATORS - STAY) {
        continue;
      }
      boolean early = random.nextInt(4) != 0;
      long until = early ? PreparedL1.FIRST_SLOT : lastSlot;
      long slot = firstSlot + random.nextLong(until - firstSlot);
      plan(kind, operators.get(i), slot);
      changesWho |= leaves;
    }
  }

  private void plan(String kind, int operatorId, long slot) {
    counts.merge(kind, 1, Integer::sum);
    switch (kind) {
      case "registry-rotate" -> rotate(operatorId, slot);
      case "registry-exit" ->
          at(slot, operatorId + " leaves", () -> registrations.exit(operatorId));
      case "registry-freeze" ->
          at(slot, operatorId + " is frozen", () -> registrations.freeze(operatorId));
      default -> {
        at(slot, operatorId + " is slashed", () -> registrations.slash(operatorId));
        at(
            slot + 1 + random.nextInt(BoxOptions.SLOTS_PER_EPOCH),
            operatorId + " rejoins",
            () -> registrations.rejoin(operatorId));
      }
    }
  }

  private void rotate(int operatorId, long slot) {
    OperatorKeys old = OperatorKeys.devnet(operatorId - 1);
    OperatorKeys fresh =
        new OperatorKeys(
            old.owner(),
            List.of(key(operatorId, "poster 0"), key(operatorId, "poster 1")),
            key(operatorId, "committer"));
    at(slot, operatorId + " rotates its keys", () -> registrations.rotate(operatorId, fresh));
    long counts =
        (slot / BoxOptions.SLOTS_PER_EPOCH + MOST_DELAY_EPOCHS) * BoxOptions.SLOTS_PER_EPOCH;
    long starts =
        Math.max(PreparedL1.FIRST_SLOT, counts - BoxOptions.SLOTS_PER_EPOCH + random.nextInt(10));
    SimNode successor = successors.apply(operatorId, fresh);
    at(starts, operatorId + " has a node with its new keys", successor::start);
  }

  private static SecretKey key(int operatorId, String role) {
    String label = "rotated operator %d %s".formatted(operatorId, role);
    return SecretKey.of(Keccak.hash(label.getBytes(StandardCharsets.US_ASCII)).toArray());
  }

  private void at(long slot, String what, Runnable action) {
    bySlot
        .computeIfAbsent(slot, _ -> new ArrayList<>())
        .add(() -> {
          story.tell("FAULT", "operator " + what);
          action.run();
        });
  }

  /** To be called before each L1 slot. */
  void before(long slot) {
    List<Runnable> actions = bySlot.remove(slot);
    if (actions != null) {
      actions.forEach(Runnable::run);
    }
    registrations.slotPassed();
  }
}
