// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.primitives.codec.DecodeException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A promise says nothing that the open tick's own frags do not say (protocol §2.2, §2.5 F2'): its
 * transaction is in one of them, and what it states of place and receipt is what was signed there.
 * So keeping the frags keeps the promises. Sequencing thread.
 */
final class PromiseRule {
  private long tick = -1;
  private final Map<Long, TreeMap<Long, TxLeaf>> signed = new HashMap<>();
  private final Map<Long, FragMessage.Part> parts = new HashMap<>();

  /** A frag of a tick was signed, or was found signed at the start. */
  void signed(FragMessage message) {
    begin(message.frag().object().tick());
    for (FragMessage.Part part : message.parts()) {
      parts.putIfAbsent(part.rollupId(), part);
    }
    for (TxLeaf leaf : message.leaves()) {
      signed.computeIfAbsent(leaf.rollupId(), _ -> new TreeMap<>()).put(leaf.txIdx(), leaf);
    }
  }

  private void begin(long newTick) {
    if (newTick != tick) {
      tick = newTick;
      signed.clear();
      parts.clear();
    }
  }

  /** Why the promise may not be signed in the open tick, or null. */
  @Nullable String obstacle(Promise promise, Ctx ctx, long inTick, long nextNonce) {
    if (inTick != tick) {
      begin(inTick);
    }
    if (promise.nonce() != nextNonce) {
      return "promise %d of window %d does not follow on the last one, %d does"
          .formatted(promise.nonce(), promise.windowSlot(), nextNonce);
    }
    if (promise.deadlineTick() < inTick) {
      return "the deadline, tick " + promise.deadlineTick() + ", lies before tick " + inTick;
    }
    if (ctx.isProvisional() && !promise.coverageWei().isZero()) {
      return "a provisional signature bears no coverage";
    }
    try {
      return fault(promise, promise.said());
    } catch (DecodeException e) {
      return e.getMessage();
    }
  }

  private @Nullable String fault(Promise promise, PromiseBody said) {
    TreeMap<Long, TxLeaf> leaves = signed.getOrDefault(said.rollupId(), new TreeMap<>());
    switch (said) {
      case PromiseBody.Inclusion inclusion -> {
        if (inclusion.lastTick() != promise.deadlineTick()) {
          return "the body's last tick is not the deadline";
        }
        return leaves.values().stream().anyMatch(leaf -> leaf.txHash().equals(inclusion.txHash()))
            ? null
            : "its transaction is in no frag of tick " + tick;
      }
      case PromiseBody.Placed placed -> {
        TxLeaf leaf = leaves.get(placed.txIdx());
        if (leaf == null || !placed.isSaidBy(leaf)) {
          return "no frag of tick " + tick + " has this transaction, place and receipt";
        }
        return placed instanceof PromiseBody.Top && leaves.firstKey() != placed.txIdx()
            ? "place %d is not the first that the builder filled".formatted(placed.txIdx())
            : null;
      }
      case PromiseBody.StateLock lock -> {
        FragMessage.Part part = parts.get(lock.rollupId());
        return part == null
                || (part.number() == lock.number() && part.parentHash().equals(lock.parentHash()))
            ? null
            : "the block of tick " + tick + " is another one";
      }
    }
  }
}
