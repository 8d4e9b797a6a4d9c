// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.l1.BeaconSide.NewHead;
import io.lockstep.devnet.l1.ForeignExecution.Blobs;
import io.lockstep.devnet.l1.ForeignExecution.Found;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Beacon blocks for the blocks of a foreign execution client: each in the slot that its time lies
 * in. Where the client has several in one slot, as a development client may, the beacon block of
 * that slot carries the last of them and the blobs of all. One thread steps it.
 */
final class FollowedChain {
  private static final Logger LOG = LoggerFactory.getLogger(FollowedChain.class);
  private static final int MAX_BLOCKS_A_STEP = 64;
  private static final int MAX_BRANCH = 4_096;

  private final BeaconSide beacon;
  private final ForeignExecution execution;
  private final BoxOptions options;
  private final InstantSource clock;
  private final long firstNumber;
  private final Consumer<NewHead> onHead;

  /**
   * Goes on where the records are.
   *
   * @param onHead called under the lock for each new head
   */
  FollowedChain(
      BeaconSide beacon, ForeignExecution execution, BoxOptions options, Consumer<NewHead> onHead) {
    this.beacon = beacon;
    this.execution = execution;
    this.options = options;
    this.clock = options.clock();
    this.firstNumber = beacon.db().atOrBefore(0).executionNumber();
    this.onHead = onHead;
  }

  /**
   * Takes over what the client has.
   *
   * @return whether more is waiting
   * @throws DeployException when the client is away, or answers nonsense
   */
  boolean step() throws DeployException {
    passTime();
    BeaconBlock head = beacon.view().head();
    Found latest = execution.latest();
    long reach = head.executionNumber() + MAX_BLOCKS_A_STEP;
    boolean far = latest.header().number() > reach;
    Found target = far ? execution.byNumber(reach) : latest;
    if (target == null || target.hash().equals(head.executionHash())) {
      return false;
    }
    Deque<Found> branch = new ArrayDeque<>();
    Found at = target;
    BeaconBlock base = beacon.db().byExecution(at.hash());
    while (base == null) {
      branch.addFirst(at);
      if (at.header().number() <= firstNumber || branch.size() > MAX_BRANCH) {
        throw new DeployException(
            "the execution client's chain does not stand on the blocks that were seen before");
      }
      Found parent = execution.byHash(at.header().parentHash());
      if (parent == null) {
        return false; // the branch is being replaced
      }
      at = parent;
      base = beacon.db().byExecution(at.hash());
    }
    if (branch.isEmpty()) {
      goBackTo(base);
    }
    for (Found block : branch) {
      append(block);
    }
    return far;
  }

  /** Slots pass without blocks too. */
  private void passTime() {
    long now = beacon.clock().slotAt(clock.instant().getEpochSecond()).value();
    synchronized (beacon.lock()) {
      BoxView view = beacon.view();
      if (now <= view.currentSlot()) {
        return;
      }
      beacon.setView(view.withSlot(now));
      if (now / BoxOptions.SLOTS_PER_EPOCH > view.currentEpoch()) {
        long kept = (long) options.blobRetentionEpochs() * BoxOptions.SLOTS_PER_EPOCH;
        beacon.db().dropBlobsBefore(now - kept);
      }
    }
  }

  /** The client's head is a block that was seen before. */
  private void goBackTo(BeaconBlock base) {
    synchronized (beacon.lock()) {
      BeaconBlock old = beacon.view().head();
      makeCanonical(base);
      beacon.db().dropAfter(base.slot());
      show(base, base.slot() == 0 ? base : beacon.parent(base), old);
    }
  }

  private void append(Found found) throws DeployException {
    @Nullable Blobs served = execution.blobs(found);
    if (served == null) {
      LOG.warn(
          "the execution client does not serve the blobs of its block {}: neither does the beacon"
              + " side",
          found.header().number());
    }
    Blobs own = served == null ? Blobs.NONE : served;
    beacon.db().putExecution(found.hash(), found.header());
    synchronized (beacon.lock()) {
      BeaconBlock old = beacon.view().head();
      BeaconBlock parent = beacon.db().byExecution(found.header().parentHash());
      if (parent == null) {
        throw new IllegalStateException("no beacon block for " + found.header().parentHash());
      }
      long timeSlot = beacon.clock().slotAt(found.header().timestampSeconds()).value();
      List<Bytes> blobs = new ArrayList<>(own.blobs());
      List<Bytes> commitments = new ArrayList<>(own.commitments());
      while (parent.slot() > 0 && parent.slot() >= timeSlot) {
        List<Bytes> before = beacon.db().blobs(parent);
        if (before != null) {
          blobs.addAll(0, before);
          commitments.addAll(0, parent.commitments());
        }
        parent = beacon.parent(parent);
      }
      makeCanonical(parent);
      long slot = Math.max(timeSlot, parent.slot() + 1);
      Hash32 body = BeaconBlock.bodyRoot(found.hash(), found.header().prevRandao(), commitments);
      Proposers proposers = beacon.proposers();
      BeaconHeader header =
          beacon
              .states()
              .complete(
                  new BeaconHeader(slot, proposers.at(slot), parent.root(), Hash32.ZERO, body),
                  found.header(),
                  proposers.lookahead(slot / BoxOptions.SLOTS_PER_EPOCH));
      BeaconBlock block =
          BeaconBlock.of(header, found.hash(), found.header().number(), commitments);
      execution.giveRoot(found.header().timestampSeconds(), parent.root());
      beacon.db().put(block, parent, blobs);
      show(block, parent, old);
    }
  }

  private void show(BeaconBlock head, BeaconBlock parent, BeaconBlock old) {
    long current = Math.max(beacon.view().currentSlot(), head.slot());
    beacon.setView(BoxView.at(beacon.db(), head, current, true));
    boolean reorg = !parent.root().equals(old.root());
    onHead.accept(
        new NewHead(beacon.view(), parent, reorg ? old : null, reorg ? common(old, head) : parent));
  }

  /** Records the branch that ends with {@code tip} as the canonical one. */
  private void makeCanonical(BeaconBlock tip) {
    List<BeaconBlock> branch = new ArrayList<>();
    BeaconBlock at = tip;
    while (!isCanonical(at)) {
      branch.addFirst(at);
      at = beacon.parent(at);
    }
    beacon.db().putCanonical(branch);
  }

  private boolean isCanonical(BeaconBlock block) {
    BeaconBlock there = beacon.db().at(block.slot());
    return there != null && there.root().equals(block.root());
  }

  private BeaconBlock common(BeaconBlock one, BeaconBlock other) {
    BeaconBlock a = one;
    BeaconBlock b = other;
    while (!a.root().equals(b.root())) {
      if (a.slot() >= b.slot()) {
        a = beacon.parent(a);
      } else {
        b = beacon.parent(b);
      }
    }
    return a;
  }
}
