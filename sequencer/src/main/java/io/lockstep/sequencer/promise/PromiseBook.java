// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.promise;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.TxLocation;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.head.L1View;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.Rollup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The own promises that are not long settled: how much stands behind them, and whether the sealed
 * and the derived blocks are what they say. Owner: the sequencing thread.
 */
public final class PromiseBook {
  /** Ticks for which a settled promise is still held against the chain: reorgs are shorter. */
  private static final long KEPT_TICKS = 1_024;

  /** Promises that a restart takes up; more than an exposure limit lets stand. */
  private static final int MOST_TAKEN_UP = 65_536;

  private final Cluster cluster;
  private final L1View l1;
  private final int operatorId;
  private final List<Item> items = new ArrayList<>();
  private long differences;

  private static final class Item {
    final PromiseMessage message;
    final PromiseBody said;
    // Of the block that settles it; -1 while there is none.
    long height = -1;
    @Nullable Hash32 blockHash;
    boolean isOwnBlock;
    boolean isBroken;
    boolean isVoid;

    Item(PromiseMessage message) {
      this.message = message;
      this.said = message.said();
    }

    UInt256 coverage() {
      return message.promise().object().coverageWei();
    }
  }

  /**
   * What promises add to the exposure.
   *
   * @param coverageWei of those that are not posted
   * @param transactions of own blocks that bought coverage, so that they do not count the fixed
   *     amount
   */
  public record Counted(UInt256 coverageWei, long transactions) {}

  public PromiseBook(Cluster cluster, L1View l1, int operatorId) {
    this.cluster = cluster;
    this.l1 = l1;
    this.operatorId = operatorId;
  }

  /** Takes up what an earlier process has promised. */
  public void takeUp(CommitmentLedger ledger) {
    long first = cluster.headTick() - KEPT_TICKS;
    for (PromiseMessage message : ledger.promisesFrom(first, MOST_TAKEN_UP)) {
      if (message.operatorId() == operatorId) {
        items.add(new Item(message));
      }
    }
    refresh();
  }

  /** A promise was signed. */
  public void add(PromiseMessage message) {
    items.add(new Item(message));
  }

  /** Promises that blocks sealed or derived since the start have broken; stays 0. */
  public long differences() {
    return differences;
  }

  /**
   * What counts of them.
   *
   * @param postedHeight blocks up to it are posted
   * @param openTick the tick being built, or -1
   */
  public Counted counted(long postedHeight, long openTick) {
    UInt256 coverage = UInt256.ZERO;
    Set<Hash32> covered = new HashSet<>();
    for (Item item : items) {
      boolean isPosted = item.height >= 0 && item.height <= postedHeight;
      if (isPosted || item.isVoid || item.coverage().isZero()) {
        continue;
      }
      coverage = coverage.add(item.coverage());
      Transaction about = item.message.transaction();
      boolean isOpen = item.height < 0 && item.message.tick() == openTick;
      if (about != null && (isOpen || item.isOwnBlock)) {
        covered.add(about.hash());
      }
    }
    return new Counted(coverage, covered.size());
  }

  /** The chain has changed: holds every promise against it again. */
  public void refresh() {
    long oldest = cluster.headTick() - KEPT_TICKS;
    items.removeIf(item -> item.message.tick() < oldest);
    items.forEach(this::look);
  }

  private void look(Item item) {
    Rollup rollup = cluster.rollup(item.said.rollupId());
    if (rollup == null) {
      throw new IllegalStateException("a promise about rollup " + item.said.rollupId());
    }
    ChainDb chain = rollup.chain();
    if (item.blockHash != null && item.blockHash.equals(chain.canonicalHash(item.height))) {
      return;
    }
    item.height = -1;
    item.blockHash = null;
    item.isOwnBlock = false;
    Ctx ctx = item.message.promise().ctx();
    item.isVoid = l1.isGone(ctx.anchorNumber(), ctx.anchorHash());
    if (item.isVoid) {
      return;
    }
    boolean isKept =
        switch (item.said) {
          case PromiseBody.Inclusion inclusion -> isIncluded(item, inclusion, chain);
          case PromiseBody.Placed placed -> isPlaced(item, placed, chain);
          case PromiseBody.StateLock lock -> {
            BlockHeader header = settledBy(item, chain, lock.number());
            yield isInTime(item, header)
                && (header == null || header.parentHash().equals(lock.parentHash()));
          }
        };
    if (!isKept && !item.isBroken) {
      item.isBroken = true;
      differences++;
    }
  }

  /** The block of a number, which settles the promise; null while there is none. */
  private @Nullable BlockHeader settledBy(Item item, ChainDb chain, long number) {
    Hash32 hash = chain.canonicalHash(number);
    BlockHeader header = hash == null ? null : chain.headerByHash(hash);
    if (hash != null && header != null) {
      item.height = number;
      item.blockHash = hash;
      item.isOwnBlock = HeaderExtra.of(header).operatorId() == operatorId;
    }
    return header;
  }

  private boolean isPlaced(Item item, PromiseBody.Placed placed, ChainDb chain) {
    BlockHeader header = settledBy(item, chain, placed.number());
    if (header == null || !isInTime(item, header)) {
      return isInTime(item, header);
    }
    Hash32 hash = item.blockHash;
    Block block = hash == null ? null : chain.block(hash);
    List<Receipt> receipts = hash == null ? null : chain.receipts(hash);
    if (block == null || receipts == null) {
      throw new IllegalStateException("block " + placed.number() + " has no body");
    }
    int index = (int) Math.min(Integer.MAX_VALUE, placed.txIdx());
    return index < receipts.size()
        && block.transactions().get(index).hash().equals(placed.txHash())
        && receipts.get(index).hash().equals(placed.receiptHash());
  }

  /** Whether its block, or the head while there is none, is of no later tick than was promised. */
  private boolean isInTime(Item item, @Nullable BlockHeader header) {
    long tick = header == null ? cluster.headTick() : HeaderExtra.of(header).tick();
    return tick <= item.message.promise().object().deadlineTick();
  }

  /** Protocol §2.5 F3: broken when the nonce is still free after the last tick. */
  private boolean isIncluded(Item item, PromiseBody.Inclusion inclusion, ChainDb chain) {
    TxLocation at = chain.transaction(inclusion.txHash());
    if (at != null && at.blockHash().equals(chain.canonicalHash(at.blockNumber()))) {
      BlockHeader header = settledBy(item, chain, at.blockNumber());
      return header != null && HeaderExtra.of(header).tick() <= inclusion.lastTick();
    }
    if (cluster.headTick() <= inclusion.lastTick()) {
      return true;
    }
    AccountState sender = chain.headState().account(inclusion.sender());
    return sender != null && Long.compareUnsigned(sender.nonce(), inclusion.nonce()) > 0;
  }
}
