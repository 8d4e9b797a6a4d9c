// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of the protocol that every node of a cluster must hold alike (protocol §8). Slot
 * length and slots per epoch are the L1's own and are not repeated here. Any thread.
 *
 * @param tickSeconds length of a tick, seconds
 * @param handoverLeadSeconds H: a window ends so long before its slot starts, seconds
 * @param graceMs how long a successor waits for its predecessor's last seal, milliseconds
 * @param windowCapSlots W: a window is at most so long, L1 slots
 * @param minAnchorLagSlots a tick's anchor is at least so old, L1 slots
 * @param maxAnchorLagBlocks a tick's anchor is at most so far behind, L1 blocks
 * @param openAfterSlots a window is open to all when no operator posted for so long before it, L1
 *     slots
 * @param forcedDelaySlots D: how long a forced transaction waits until it is due, L1 slots
 */
public record ProtocolParameters(
    int tickSeconds,
    int handoverLeadSeconds,
    int graceMs,
    int windowCapSlots,
    int minAnchorLagSlots,
    int maxAnchorLagBlocks,
    int openAfterSlots,
    int forcedDelaySlots) {

  /** What is wrong with the numbers among themselves, whatever the L1; empty when nothing is. */
  public List<String> problems() {
    List<String> found = new ArrayList<>();
    atLeast(found, "tickSeconds", tickSeconds, 1);
    atLeast(found, "handoverLeadSeconds", handoverLeadSeconds, 1);
    atLeast(found, "graceMs", graceMs, 0);
    atLeast(found, "windowCapSlots", windowCapSlots, 1);
    atLeast(found, "minAnchorLagSlots", minAnchorLagSlots, 1);
    atLeast(found, "maxAnchorLagBlocks", maxAnchorLagBlocks, minAnchorLagSlots);
    atLeast(found, "openAfterSlots", openAfterSlots, 1);
    atLeast(found, "forcedDelaySlots", forcedDelaySlots, 0);
    if (!found.isEmpty()) {
      return found;
    }
    if (handoverLeadSeconds % tickSeconds != 0) {
      found.add(
          "tickSeconds %d must divide handoverLeadSeconds %d"
              .formatted(tickSeconds, handoverLeadSeconds));
    }
    if (graceMs >= handoverLeadSeconds * 1000L) {
      found.add(
          "graceMs %d must be below handoverLeadSeconds %d"
              .formatted(graceMs, handoverLeadSeconds));
    }
    if (openAfterSlots < 2L * windowCapSlots) {
      found.add(
          "openAfterSlots %d must be at least twice windowCapSlots %d"
              .formatted(openAfterSlots, windowCapSlots));
    }
    if (graceMs > tickSeconds * 1000L) {
      found.add("graceMs %d must not exceed tickSeconds %d".formatted(graceMs, tickSeconds));
    }
    return found;
  }

  /** As {@link #problems()}, and against the slots of the L1 that the cluster runs on. */
  public List<String> problems(long slotSeconds, int slotsPerEpoch) {
    List<String> found = new ArrayList<>(problems());
    if (found.isEmpty() && slotSeconds % tickSeconds != 0) {
      found.add(
          "tickSeconds %d must divide the L1's slot of %d seconds"
              .formatted(tickSeconds, slotSeconds));
    }
    if (handoverLeadSeconds > slotSeconds) {
      found.add(
          "handoverLeadSeconds %d must not exceed the L1's slot of %d seconds"
              .formatted(handoverLeadSeconds, slotSeconds));
    }
    if (windowCapSlots != slotsPerEpoch - 1) {
      found.add(
          "windowCapSlots %d must be the L1's slots per epoch less one, %d"
              .formatted(windowCapSlots, slotsPerEpoch - 1));
    }
    return found;
  }

  private static void atLeast(List<String> found, String name, int value, int least) {
    if (value < least) {
      found.add("%s %d is below the limit of %d".formatted(name, value, least));
    }
  }
}
