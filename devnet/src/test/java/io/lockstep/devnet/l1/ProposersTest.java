// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.crypto.Keccak;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProposersTest {
  private final Proposers proposers = new Proposers(Keccak.EMPTY, 8, 64, new TreeMap<>());

  @Test
  void drawEachEpochAnewAndAlwaysTheSameWay() {
    Set<List<Integer>> orders = new HashSet<>();
    for (long epoch = 0; epoch < 200; epoch++) {
      List<Integer> order = proposers.of(epoch);
      orders.add(order);
      assertThat(order).hasSize(8).doesNotHaveDuplicates().allMatch(i -> i >= 0 && i < 64);
      assertThat(proposers.of(epoch)).isEqualTo(order);
      assertThat(proposers.at(epoch * 8 + 3)).isEqualTo(order.get(3));
    }
    assertThat(orders).hasSize(200);
  }

  @Test
  void giveEveryValidatorItsTurns() {
    int[] turns = new int[64];
    for (long epoch = 0; epoch < 800; epoch++) {
      proposers.of(epoch).forEach(i -> turns[i]++);
    }

    // 100 expected, standard deviation below 10: the seed is fixed, so this does not flicker.
    assertThat(Arrays.stream(turns)).allMatch(count -> count > 50 && count < 150);
  }

  @Test
  void fillAnEpochWithFewerValidatorsThanSlots() {
    Proposers few = new Proposers(Keccak.EMPTY, 8, 3, new TreeMap<>());

    assertThat(few.of(5)).hasSize(8).contains(0, 1, 2);
  }

  @Test
  void obeyAScriptAndRefuseANonsensicalOne() {
    List<Integer> order = List.of(1, 1, 1, 1, 2, 2, 2, 63);
    proposers.script(7, order);

    assertThat(proposers.of(7)).isEqualTo(order);
    assertThatThrownBy(() -> proposers.script(8, List.of(1)))
        .hasMessageContaining("an epoch has 8 proposers, got 1");
    assertThatThrownBy(() -> proposers.script(8, List.of(1, 1, 1, 1, 2, 2, 2, 64)))
        .hasMessageContaining("validators 0 to 63, got 64");
  }
}
