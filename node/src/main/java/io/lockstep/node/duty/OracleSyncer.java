// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.duty;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.LookaheadOracleAbi;
import io.lockstep.l1client.contract.LookaheadReader;
import io.lockstep.l1client.contract.ProvenHeader;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.proof.BlockProofs;
import io.lockstep.l1client.proof.BlockProver;
import io.lockstep.l1client.send.TxSender;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings missing epochs into the lookahead oracle (protocol §1.2.5): the operators take turns, each
 * some slots after the one before while the epoch is still missing; who has to post does not wait
 * for the others. Nothing is remembered but what was sent: after an L1 reorg that lost a sync the
 * epoch is missing again. Owner: the thread of the node's duties.
 */
public final class OracleSyncer {
  private static final Logger LOG = LoggerFactory.getLogger(OracleSyncer.class);

  /** The next operator waits so long for the one before. */
  private static final int STAGGER_SLOTS = 2;

  /** A sync that is in no block by then is sent again. */
  private static final int RESEND_SLOTS = 4;

  private final ExecutionClient execution;
  private final BlockProver prover;
  private final LookaheadReader oracle;
  private final RegistryReader registry;
  private final TxSender sender;
  private final Signer key;
  private final int operatorId;
  private final SlotClock clock;
  private final Map<Epoch, Missing> missing = new TreeMap<>();
  private final AtomicLong sent = new AtomicLong();
  private @Nullable Proven newestProofs;

  /** What was proven from the beacon block before an execution block. */
  private record Proven(Hash32 block, BlockProofs proofs) {}

  /** An epoch that the oracle does not have: since when we know, and when we last sent a sync. */
  private record Missing(long sinceSlot, @Nullable Long sentSlot) {}

  /**
   * @param key pays; it sends nothing else
   */
  public OracleSyncer(
      ExecutionClient execution,
      BlockProver prover,
      LookaheadReader oracle,
      RegistryReader registry,
      TxSender sender,
      Signer key,
      int operatorId,
      SlotClock clock) {
    this.execution = execution;
    this.prover = prover;
    this.oracle = oracle;
    this.registry = registry;
    this.sender = sender;
    this.key = key;
    this.operatorId = operatorId;
    this.clock = clock;
  }

  /** Syncs that were sent. Any thread. */
  public long sent() {
    return sent.get();
  }

  /** The oracle has this epoch. */
  public void isThere(Epoch epoch) {
    missing.remove(epoch);
  }

  /** Nothing is asked about epochs before this one any more. */
  void forgetBefore(Epoch first) {
    missing.keySet().removeIf(epoch -> epoch.compareTo(first) < 0);
  }

  /**
   * The oracle lacks this epoch: syncs it when it is our turn.
   *
   * @param urgent we have to post soon and cannot without it
   */
  public void isMissing(Epoch epoch, L1Block head, Slot now, boolean urgent) throws L1Exception {
    Missing known = missing.computeIfAbsent(epoch, _ -> new Missing(now.value(), null));
    boolean mayGo =
        known.sentSlot == null
            ? urgent || now.value() >= known.sinceSlot + waitSlots(epoch)
            : now.value() >= known.sentSlot + RESEND_SLOTS;
    if (!mayGo) {
      return;
    }
    L1Block block = provingBlock(epoch, head);
    if (block == null) {
      return; // the state that fixes it is not in a block's past yet
    }
    BlockProofs proofs = prove(block);
    if (proofs == null) {
      LOG.warn("epoch {} cannot be synced yet: no endpoint serves the beacon state", epoch);
      return;
    }
    long headerEpoch = clock.epochOf(proofs.slot()).value();
    if (headerEpoch != epoch.value() && headerEpoch != epoch.value() - 1) {
      return;
    }
    Hash32 tx =
        sender.send(
            key,
            oracle.oracle(),
            UInt256.ZERO,
            LookaheadOracleAbi.encodeSync(
                epoch,
                new ProvenHeader(block.timestampSeconds(), proofs.header()),
                proofs.proposers(),
                proofs.lookaheadBranch()));
    sent.incrementAndGet();
    missing.put(epoch, new Missing(known.sinceSlot, now.value()));
    LOG.info("lookahead of epoch {} is sent to the oracle as {}", epoch, tx);
  }

  /** How long others go first: the order of operators is another one in each epoch. */
  private long waitSlots(Epoch epoch) throws L1Exception {
    int operators = registry.operatorCount(BlockTag.LATEST);
    long rank = operators == 0 ? 0 : (epoch.value() + operatorId) % operators;
    return Math.min(rank * STAGGER_SLOTS, clock.slotsPerEpoch() - 1);
  }

  /**
   * The canonical execution block whose parent beacon block proves an epoch: the newest one whose
   * parent lies in that epoch or in the one before. Null while there is none.
   */
  private @Nullable L1Block provingBlock(Epoch epoch, L1Block head) throws L1Exception {
    long afterEpoch = (epoch.value() + 1) * clock.slotsPerEpoch();
    L1Block block = slotOf(head) <= afterEpoch ? head : firstFrom(afterEpoch, head);
    long firstSlot = Math.max(0, epoch.value() - 1) * clock.slotsPerEpoch();
    return slotOf(block) > firstSlot ? block : null;
  }

  /** The first canonical block in {@code slot} or later, which {@code head} is as well. */
  private L1Block firstFrom(long slot, L1Block head) throws L1Exception {
    L1Block found = head;
    long low = 0;
    long high = head.number();
    while (low < high) {
      long middle = (low + high) >>> 1;
      L1Block block = execution.blockByNumber(middle);
      if (block == null) {
        throw new L1Exception(L1Exception.Kind.BAD_ANSWER, "L1 has no block " + middle);
      }
      if (slotOf(block) >= slot) {
        found = block;
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return found;
  }

  private long slotOf(L1Block block) {
    return clock.slotAt(block.timestampSeconds()).value();
  }

  /** One state serves two epochs: it is fetched once. */
  private @Nullable BlockProofs prove(L1Block block) throws L1Exception {
    Proven known = newestProofs;
    if (known != null && known.block.equals(block.hash())) {
      return known.proofs;
    }
    BlockProofs proofs = prover.proveBefore(block, List.of());
    newestProofs = proofs == null ? null : new Proven(block.hash(), proofs);
    return proofs;
  }
}
