// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import io.lockstep.scenario.Rpc;
import java.io.IOException;
import java.net.URI;
import tools.jackson.databind.JsonNode;

/**
 * Slots of the devnet's L1 and which operator holds them. Slot k's operator sequences until H, here
 * one slot, before k begins, and posts in k at the latest (protocol §1.3).
 */
record L1Clock(URI beacon, long genesisMs, long slotMs, int slotsPerEpoch) {

  /** Between two slots of different operators. The first one's window ends one slot before. */
  record Handover(long slot, int from, int to, long atMs) {}

  static L1Clock of(URI beacon) throws IOException, InterruptedException {
    JsonNode genesis = Rpc.get(beacon.resolve("/eth/v1/beacon/genesis"));
    JsonNode spec = Rpc.get(beacon.resolve("/eth/v1/config/spec")).get("data");
    return new L1Clock(
        beacon,
        Long.parseLong(genesis.at("/data/genesis_time").asString()) * 1000,
        Long.parseLong(spec.get("SECONDS_PER_SLOT").asString()) * 1000,
        Integer.parseInt(spec.get("SLOTS_PER_EPOCH").asString()));
  }

  long startMs(long slot) {
    return genesisMs + slot * slotMs;
  }

  long slotNow() {
    return Math.floorDiv(System.currentTimeMillis() - genesisMs, slotMs);
  }

  /** The operator, from 0, whose validator proposes in a slot of this epoch or the next. */
  int operatorOf(long slot) throws IOException, InterruptedException {
    URI duties = beacon.resolve("/eth/v1/validator/duties/proposer/" + slot / slotsPerEpoch);
    for (JsonNode duty : Rpc.get(duties).get("data")) {
      if (Long.parseLong(duty.get("slot").asString()) == slot) {
        return Integer.parseInt(duty.get("validator_index").asString()) % ProcessCluster.OPERATORS;
      }
    }
    throw new AssertionError("no proposer of slot " + slot);
  }

  /** Which handovers are meant. */
  interface Between {
    boolean test(int from, int to);
  }

  /** The next change of operators of this kind that is at least {@code leadMs} away. */
  Handover nextHandover(long leadMs, Between operators) throws IOException, InterruptedException {
    long slot = Math.floorDiv(System.currentTimeMillis() + leadMs - genesisMs, slotMs) + 2;
    while (true) {
      if ((slot + 1) / slotsPerEpoch > slotNow() / slotsPerEpoch + 1) {
        Thread.sleep(slotMs); // further ahead the proposers are not known yet
        continue;
      }
      int from = operatorOf(slot);
      int to = operatorOf(slot + 1);
      if (from != to && operators.test(from, to)) {
        return new Handover(slot, from, to, startMs(slot - 1));
      }
      slot++;
    }
  }

  static void sleepUntil(long unixMs) throws InterruptedException {
    Thread.sleep(Math.max(0, unixMs - System.currentTimeMillis()));
  }
}
