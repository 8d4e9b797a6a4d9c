// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.head;

import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.SystemTransaction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rollups of the cluster with their heads. A sealed tick has one block in every rollup, so all
 * have the same height and ticks. Unsafe is the head of each chain; safe and finalized are marks
 * that only derivation moves. Owner: the sequencing thread.
 */
public final class Cluster {
  /** Marks of the chains. */
  public static final String SAFE = "safe";

  public static final String FINALIZED = "finalized";

  private static final int KEPT_ANCHORS = 256;

  private final List<Rollup> rollups;

  /** By block hash. */
  private final Map<Hash32, SystemTransaction.AnchorRef> anchors =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash32, SystemTransaction.AnchorRef> eldest) {
          return size() > KEPT_ANCHORS;
        }
      };

  public Cluster(List<Rollup> rollups) {
    if (rollups.isEmpty()) {
      throw new IllegalArgumentException("a cluster has at least one rollup");
    }
    this.rollups = List.copyOf(rollups);
    alignHeads();
  }

  public List<Rollup> rollups() {
    return rollups;
  }

  public Rollup first() {
    return rollups.getFirst();
  }

  public @Nullable Rollup rollup(long id) {
    for (Rollup rollup : rollups) {
      if (rollup.id() == id) {
        return rollup;
      }
    }
    return null;
  }

  /** Height of the unsafe heads. */
  public long height() {
    return first().chain().head().number();
  }

  /** Tick of the unsafe heads; 0 at genesis. */
  public long headTick() {
    return HeaderExtra.of(first().chain().head()).tick();
  }

  /**
   * The L1 block that the tick at {@code height} is anchored to; number 0 at genesis. It stands in
   * the block's first transaction, so those asked for again and again are kept.
   */
  public SystemTransaction.AnchorRef anchorAt(long height) {
    if (height == 0) {
      return new SystemTransaction.AnchorRef(0, Hash32.ZERO);
    }
    Hash32 hash = first().chain().canonicalHash(height);
    SystemTransaction.AnchorRef known = hash == null ? null : anchors.get(hash);
    if (known != null) {
      return known;
    }
    Block block = hash == null ? null : first().chain().block(hash);
    if (block == null) {
      throw new IllegalStateException("the block at height " + height + " is missing");
    }
    SystemTransaction.AnchorRef anchor =
        SystemTransaction.anchorOf(block.transactions().getFirst());
    anchors.put(hash, anchor);
    return anchor;
  }

  public BlockHeader safe(Rollup rollup) {
    return marked(rollup, SAFE);
  }

  public BlockHeader finalized(Rollup rollup) {
    return marked(rollup, FINALIZED);
  }

  public long safeHeight() {
    return safe(first()).number();
  }

  /** Moves the safe heads of all rollups to their blocks of this height. */
  public void markSafe(long height) {
    mark(SAFE, height);
  }

  public void markFinalized(long height) {
    mark(FINALIZED, height);
  }

  /** Drops every block above {@code height} in every rollup. */
  public void rewindTo(long height) {
    for (Rollup rollup : rollups) {
      Hash32 target = rollup.chain().canonicalHash(height);
      if (target == null) {
        throw new IllegalStateException(
            "rollup " + rollup.id() + " has no block " + height + " to go back to");
      }
      rollup.chain().rewindTo(target);
    }
  }

  private void mark(String name, long height) {
    for (Rollup rollup : rollups) {
      Hash32 hash = rollup.chain().canonicalHash(height);
      if (hash == null) {
        throw new IllegalStateException(
            name + " cannot be block " + height + ", rollup " + rollup.id() + " does not have it");
      }
      rollup.chain().setMark(name, hash);
    }
  }

  private static BlockHeader marked(Rollup rollup, String name) {
    Hash32 hash = rollup.chain().mark(name);
    BlockHeader header = hash == null ? null : rollup.chain().headerByHash(hash);
    return header == null ? rollup.chain().genesisHeader() : header;
  }

  /** A crash between two rollups' writes leaves one a block ahead: it goes back. */
  private void alignHeads() {
    long common = Long.MAX_VALUE;
    for (Rollup rollup : rollups) {
      common = Math.min(common, rollup.chain().head().number());
    }
    for (Rollup rollup : rollups) {
      Hash32 target = rollup.chain().canonicalHash(common);
      if (rollup.chain().head().number() > common && target != null) {
        rollup.chain().rewindTo(target);
      }
    }
  }
}
