// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Hash32;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who proposes in which slot: per epoch a shuffle under the box's seed, or the order that a script
 * set. Every epoch has one, however long the box was off. Guarded by the box's lock.
 */
final class Proposers {
  private final Hash32 seed;
  private final int slotsPerEpoch;
  private final int validators;
  private final SortedMap<Long, List<Integer>> scripted;

  Proposers(
      Hash32 seed, int slotsPerEpoch, int validators, SortedMap<Long, List<Integer>> scripted) {
    this.seed = seed;
    this.slotsPerEpoch = slotsPerEpoch;
    this.validators = validators;
    this.scripted = new TreeMap<>(scripted);
  }

  /** The proposers of the slots of {@code epoch}, in order. */
  List<Integer> of(long epoch) {
    List<Integer> set = scripted.get(epoch);
    return set != null ? set : shuffled(epoch);
  }

  /** The proposers of {@code epoch} and of the next: what the state of a block in it holds. */
  List<Integer> lookahead(long epoch) {
    List<Integer> out = new ArrayList<>(of(epoch));
    out.addAll(of(epoch + 1));
    return out;
  }

  int at(long slot) {
    return of(slot / slotsPerEpoch).get((int) (slot % slotsPerEpoch));
  }

  /**
   * Sets another order for an epoch.
   *
   * @throws IllegalArgumentException when it is not one validator for each slot
   */
  void script(long epoch, List<Integer> order) {
    if (order.size() != slotsPerEpoch) {
      throw new IllegalArgumentException(
          "an epoch has " + slotsPerEpoch + " proposers, got " + order.size());
    }
    for (int index : order) {
      if (index < 0 || index >= validators) {
        throw new IllegalArgumentException(
            "there are validators 0 to " + (validators - 1) + ", got " + index);
      }
    }
    scripted.put(epoch, List.copyOf(order));
  }

  SortedMap<Long, List<Integer>> scripted() {
    return scripted;
  }

  /** Fisher-Yates over all validators, numbers from SHA-256(seed, epoch, counter). */
  private List<Integer> shuffled(long epoch) {
    List<Integer> out = new ArrayList<>(slotsPerEpoch);
    int[] order = new int[validators];
    long counter = 0;
    while (out.size() < slotsPerEpoch) {
      int position = out.size() % validators;
      if (position == 0) {
        for (int i = 0; i < validators; i++) {
          order[i] = i;
        }
      }
      byte[] draw = ByteBuffer.allocate(16).putLong(epoch).putLong(counter++).array();
      long random = Sha256.hash(seed.toArray(), draw).word(0) >>> 1;
      int other = position + (int) (random % (validators - position));
      int chosen = order[other];
      order[other] = order[position];
      order[position] = chosen;
      out.add(chosen);
    }
    return List.copyOf(out);
  }
}
