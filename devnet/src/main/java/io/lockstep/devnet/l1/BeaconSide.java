// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the beacon API shows: the consensus records of a chain, whoever executes its blocks. Changed
 * under {@link #lock()} by whoever makes or follows the blocks; reads from any thread.
 */
final class BeaconSide {
  private static final int SLOTS_PER_EPOCH = BoxOptions.SLOTS_PER_EPOCH;

  private final Object lock = new Object();
  private final SlotClock clock;
  private final BeaconDb db;
  private final Validators validators;
  private final Proposers proposers;
  private final BoxStates states;
  private final Execution execution;
  private volatile BoxView view;

  /** The execution blocks that the beacon blocks carry. Any thread. */
  interface Execution {
    @Nullable BlockHeader header(Hash32 hash);

    /**
     * A whole block, or null when it is not known.
     *
     * @throws Refusal when it cannot be had now
     */
    @Nullable Block block(Hash32 hash) throws Refusal;
  }

  /**
   * There is a new head.
   *
   * @param reorgFrom the head before, when the new one is not its child
   * @param ancestor where the branches part; meaningless without a reorg
   */
  record NewHead(
      BoxView view, BeaconBlock parent, @Nullable BeaconBlock reorgFrom, BeaconBlock ancestor) {}

  /**
   * Proposers of an epoch.
   *
   * @param dependentRoot of the last block before the epoch before it: fixes them (EIP-7917)
   * @param rootBeforeEpoch of the last block before the epoch, or of the head until then
   */
  record Duties(List<Integer> proposers, Hash32 dependentRoot, Hash32 rootBeforeEpoch) {}

  BeaconSide(
      BoxStates states,
      SlotClock clock,
      BeaconDb db,
      Validators validators,
      Proposers proposers,
      Execution execution,
      BoxView view) {
    this.states = states;
    this.clock = clock;
    this.db = db;
    this.validators = validators;
    this.proposers = proposers;
    this.execution = execution;
    this.view = view;
  }

  Object lock() {
    return lock;
  }

  BoxView view() {
    return view;
  }

  void setView(BoxView next) {
    view = next;
  }

  SlotClock clock() {
    return clock;
  }

  BeaconDb db() {
    return db;
  }

  Validators validators() {
    return validators;
  }

  /** Guarded by the lock. */
  Proposers proposers() {
    return proposers;
  }

  BeaconFork fork() {
    return states.fork();
  }

  BoxStates states() {
    return states;
  }

  Execution execution() {
    return execution;
  }

  /** The proposers of an epoch and of the next, as known now. */
  List<Integer> lookahead(long epoch) {
    synchronized (lock) {
      return proposers.lookahead(epoch);
    }
  }

  /**
   * The SSZ state after a block; null when it cannot be made any more: the order of proposers in
   * the branch of an abandoned block is not kept.
   */
  byte @Nullable [] state(BeaconBlock block) {
    BlockHeader header = execution.header(block.executionHash());
    if (header == null) {
      return null;
    }
    byte[] state = states.ssz(block.header(), header, lookahead(block.slot() / SLOTS_PER_EPOCH));
    return states.rootOf(state).equals(block.header().stateRoot()) ? state : null;
  }

  /** An epoch's proposers with the roots that stand for them, all of one moment. */
  Duties duties(long epoch) {
    synchronized (lock) {
      return new Duties(proposers.of(epoch), dependentRoot(epoch), dependentRoot(epoch + 1));
    }
  }

  /**
   * The root that an epoch's proposers depend on, as the beacon API has it in version 2 of the
   * duties: of the last block before the epoch before it.
   */
  Hash32 dependentRoot(long epoch) {
    return db.atOrBefore(Math.max(0, dependentSlot(epoch))).root();
  }

  /** The last slot that an epoch's proposers depend on; negative for the first two epochs. */
  static long dependentSlot(long epoch) {
    return (epoch - 1) * SLOTS_PER_EPOCH - 1;
  }

  BeaconBlock parent(BeaconBlock block) {
    BeaconBlock parent = db.block(block.header().parentRoot());
    if (parent == null) {
      throw new IllegalStateException("the box lost the parent of beacon block " + block.root());
    }
    return parent;
  }
}
