// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.duty;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.ChainSpec;
import io.lockstep.l1client.contract.LookaheadReader;
import io.lockstep.l1client.contract.LookaheadSynced;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.l1client.fee.FeePolicy;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.l1client.loop.WakeLoop;
import io.lockstep.l1client.proof.BlockProver;
import io.lockstep.l1client.send.AccountLanes;
import io.lockstep.l1client.send.TxSender;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.head.RollupView;
import io.lockstep.sequencer.schedule.EpochOperators;
import io.lockstep.sequencer.schedule.SlotOwner;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.window.WindowClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the lookahead oracle again and again: what is missing there is synced, by an operator's
 * node; what contradicts this node's own schedule is told. A thread of its own.
 */
public final class L1Duties implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(L1Duties.class);

  /** How many passed epochs a node that has just begun is told of. */
  private static final int PASSED_EPOCHS = 3;

  /** How far back epochs are brought in for ticks that are not posted yet. */
  private static final int MOST_EPOCHS_BACK = 32;

  /** An own window's last slot that is so near makes a missing epoch urgent. */
  private static final int URGENT_SLOTS = 2;

  private final ExecutionClient execution;
  private final LookaheadReader oracle;
  private final WindowClock windows;
  private final SlotClock clock;
  private final Supplier<NodeView> view;
  private final LongSupplier clockMs;
  private final @Nullable Operator operator;
  private final Listener listener;
  private final ScheduleCheck check = new ScheduleCheck();
  private final AtomicInteger missing = new AtomicInteger();
  private final AtomicInteger contradicting = new AtomicInteger();
  private final WakeLoop loop;
  private @Nullable String told;
  private String lastTrouble = "";

  /** What an operator's node has that a follower has not. */
  private record Operator(int id, OracleSyncer syncer) {}

  /** The L1 as this node reaches it. */
  public record L1(
      ExecutionClient execution,
      BeaconClient beacon,
      ChainSpec spec,
      RegistryReader registry,
      LookaheadReader oracle,
      long chainId) {}

  /** Whom the thread tells; must not block. */
  public interface Listener {
    /** Why nothing may be signed in the current epoch, and null when that ends. */
    void alarm(@Nullable String why);

    /** Whose an epoch was that has passed and that the node knows nothing of. */
    void passed(Epoch epoch, EpochOperators operators);
  }

  private L1Duties(
      L1 l1,
      WindowClock windows,
      Supplier<NodeView> view,
      LongSupplier clockMs,
      @Nullable Operator operator,
      Listener listener,
      Pacer pacer) {
    this.execution = l1.execution;
    this.oracle = l1.oracle;
    this.windows = windows;
    this.clock = windows.slots();
    this.view = view;
    this.clockMs = clockMs;
    this.operator = operator;
    this.listener = listener;
    this.loop = new WakeLoop("l1-duties", this::turn, pacer);
  }

  /**
   * Assembles; nothing moves yet.
   *
   * @param operatorId null in a follower
   * @param key pays for syncs; null leaves them to others
   * @param view what the sequencing thread has published
   */
  public static L1Duties of(
      L1 l1,
      WindowClock windows,
      @Nullable Integer operatorId,
      @Nullable Signer key,
      Supplier<NodeView> view,
      LongSupplier clockMs,
      Listener listener,
      Pacer pacer) {
    Operator operator = null;
    if (operatorId != null && key != null) {
      FeeReader fees =
          new FeeReader(
              l1.execution, BlobSchedule.ofBeacon(l1.spec), windows.slots().slotSeconds());
      TxSender sender =
          new TxSender(
              l1.execution, UInt256.of(l1.chainId), fees, FeePolicy.DEFAULT, new AccountLanes());
      operator =
          new Operator(
              operatorId,
              new OracleSyncer(
                  l1.execution,
                  new BlockProver(l1.beacon, l1.spec),
                  l1.oracle,
                  l1.registry,
                  sender,
                  key,
                  operatorId,
                  windows.slots()));
    } else if (operatorId != null) {
      LOG.warn(
          "no operator.l1-key-file or l1-address: lookahead syncs are left to the other operators");
    }
    return new L1Duties(l1, windows, view, clockMs, operator, listener, pacer);
  }

  /** Starts the thread. */
  public void start(Thread.UncaughtExceptionHandler onDeath) {
    loop.start(onDeath);
  }

  /** L1 has moved. Any thread. */
  public void wake() {
    loop.wake();
  }

  /** Epochs that are needed and not on chain. Any thread. */
  public int missingEpochs() {
    return missing.get();
  }

  /** Epochs whose schedule on chain is not the node's own. Any thread. */
  public int contradictingEpochs() {
    return contradicting.get();
  }

  /** Syncs that this node has sent. Any thread. */
  public long syncsSent() {
    return operator == null ? 0 : operator.syncer.sent();
  }

  private long turn() {
    try {
      look();
      lastTrouble = "";
    } catch (L1Exception e) {
      if (!e.text().equals(lastTrouble)) {
        lastTrouble = e.text();
        LOG.warn("the lookahead oracle: {}", e.getMessage());
      }
    }
    return clock.slotSeconds() * 1000 / 4;
  }

  private void look() throws L1Exception {
    NodeView seen = view.get();
    L1Block head = execution.block(BlockTag.LATEST);
    if (head == null) {
      return;
    }
    Slot now = clock.slotAt(Math.floorDiv(clockMs.getAsLong(), 1000));
    Epoch current = clock.epochOf(now);
    tellPassed(seen, current);
    if (seen.status().state() == NodeStatus.State.SYNCING) {
      return;
    }
    Epoch first = firstNeeded(seen, current);
    Epoch neededSoon = neededSoon(seen, now);
    int lacking = 0;
    for (long e = first.value(); e <= current.value() + 1; e++) {
      Epoch epoch = new Epoch(e);
      LookaheadSynced onChain = oracle.schedule(epoch, BlockTag.LATEST);
      check.compare(epoch, onChain, seen.schedule().operatorsOf(epoch));
      if (onChain == null) {
        lacking++;
      }
      if (operator != null) {
        if (onChain == null) {
          boolean urgent = neededSoon != null && epoch.compareTo(neededSoon) <= 0;
          operator.syncer.isMissing(epoch, head, now, urgent);
        } else {
          operator.syncer.isThere(epoch);
        }
      }
    }
    missing.set(lacking);
    contradicting.set(check.count());
    check.forgetBefore(first);
    if (operator != null) {
      operator.syncer.forgetBefore(first);
    }
    tell(check.faultIn(current, clock.epochOf(now.plus(1))));
  }

  /** What was sealed in them and is not posted can then be judged. */
  private void tellPassed(NodeView seen, Epoch current) throws L1Exception {
    for (long e = Math.max(0, current.value() - PASSED_EPOCHS); e < current.value(); e++) {
      Epoch epoch = new Epoch(e);
      LookaheadSynced onChain =
          seen.schedule().knows(epoch) ? null : oracle.schedule(epoch, BlockTag.LATEST);
      if (onChain != null && onChain.slots() == clock.slotsPerEpoch()) {
        List<Long> registered = new ArrayList<>();
        for (int i = 0; i < onChain.slots(); i++) {
          registered.add((long) onChain.operatorAt(i));
        }
        listener.passed(epoch, new EpochOperators(registered, onChain.fallbackOperatorId()));
      }
    }
  }

  /** The epoch before, whose slots a window may reach back into, or that of an unposted tick. */
  private Epoch firstNeeded(NodeView seen, Epoch current) {
    long first = Math.max(0, current.value() - 1);
    RollupView rollup = seen.first();
    if (rollup.head().number() > rollup.safe().number()) {
      BlockHeader unposted = rollup.rollup().chain().canonicalHeader(rollup.safe().number() + 1);
      if (unposted != null) {
        Slot slot = windows.slotForTick(HeaderExtra.of(unposted).tick());
        first = Math.min(first, clock.epochOf(slot).value());
      }
    }
    return new Epoch(Math.max(first, current.value() - MOST_EPOCHS_BACK));
  }

  /**
   * The last epoch that the inbox has to know for what this node must post in one of the next
   * slots; null when that is nothing.
   */
  private @Nullable Epoch neededSoon(NodeView seen, Slot now) {
    if (operator == null) {
      return null;
    }
    Slot near = now.plus(URGENT_SLOTS);
    for (Slot slot = now; slot.compareTo(near) <= 0; slot = slot.plus(1)) {
      if (seen.schedule().owner(slot) instanceof SlotOwner.Owner owner
          && owner.operatorId() == operator.id
          && owner.mayPost()) {
        Slot last = owner.window().lastSlot();
        if (owner.fallback()) {
          // That no registered slot is near shows only in all slots of a window's length.
          return clock.epochOf(slot.plus(seen.schedule().windowCapSlots() - 1));
        }
        if (last != null && last.compareTo(near) <= 0) {
          return clock.epochOf(last);
        }
      }
    }
    return null;
  }

  private void tell(@Nullable String why) {
    if (why == null ? told == null : why.equals(told)) {
      return;
    }
    told = why;
    if (why == null) {
      LOG.warn("the schedule on chain is this node's own again");
    } else {
      LOG.error("ALARM: nothing is signed in this epoch: {}", why);
    }
    listener.alarm(why);
  }

  @Override
  public void close() {
    loop.close();
  }
}
