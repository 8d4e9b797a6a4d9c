// SPDX-License-Identifier: Apache-2.0
package io.lockstep.derivation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockstep.l1client.contract.ForcedEnqueued;
import io.lockstep.l1client.contract.InboundEvents;
import io.lockstep.l1client.contract.MessageSent;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An L1 of a block a slot, with what its contracts logged for the rollups. One thread. */
final class LabL1 {
  static final SlotClock CLOCK = new SlotClock(1_700_000_000, 2, 8);

  private final List<L1Block> blocks = new ArrayList<>();
  private final List<InboundEvents> events = new ArrayList<>();
  private final List<ForcedEnqueued> forced = new ArrayList<>();
  private final List<MessageSent> messages = new ArrayList<>();
  private final Map<String, Long> counts = new HashMap<>();
  private long slot;
  private long salt;

  LabL1() {
    mine();
  }

  /** Mines the block of the next slot with everything sent since the last. */
  L1Block mine() {
    long number = blocks.size();
    Hash32 parent = number == 0 ? Hash32.ZERO : head().hash();
    String name = slot + "/" + salt;
    blocks.add(
        new L1Block(
            new BlockRef(
                number, hash("block" + name), parent, CLOCK.startSeconds(new Slot(slot++))),
            hash("state" + name),
            hash("randao" + name),
            hash("beacon" + name),
            UInt256.of(7),
            30_000_000,
            0,
            0,
            0));
    events.add(new InboundEvents(forced, messages));
    forced.clear();
    messages.clear();
    return head();
  }

  /** A slot without a block. */
  void miss() {
    slot++;
  }

  void mineTo(long number) {
    while (head().number() < number) {
      mine();
    }
  }

  void enqueue(long rollupId, long gasLimit, Bytes rawTx) {
    forced.add(new ForcedEnqueued(rollupId, next("forced" + rollupId), gasLimit, rawTx));
  }

  void send(long rollupId, Address sender, Address target, UInt256 value, Bytes data) {
    messages.add(
        new MessageSent(rollupId, next("message" + rollupId), sender, target, value, data));
  }

  private long next(String queue) {
    return counts.merge(queue, 1L, Long::sum) - 1;
  }

  /** The newest {@code depth} blocks are gone, with what they held; others come instead. */
  void reorg(int depth) {
    for (int i = 0; i < depth; i++) {
      blocks.removeLast();
      InboundEvents gone = events.removeLast();
      gone.forced().forEach(item -> counts.merge("forced" + item.rollupId(), -1L, Long::sum));
      gone.messages().forEach(one -> counts.merge("message" + one.rollupId(), -1L, Long::sum));
    }
    salt++;
  }

  L1Block head() {
    return blocks.getLast();
  }

  L1Block block(long number) {
    return blocks.get((int) number);
  }

  InboundEvents events(long number) {
    return events.get((int) number);
  }

  private static Hash32 hash(String text) {
    return Keccak.hash(text.getBytes(UTF_8));
  }
}
