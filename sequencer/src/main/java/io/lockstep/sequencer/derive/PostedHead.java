// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.batch.BatchLimits;
import io.lockstep.sequencer.batch.TableEntry;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.Rollup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Up to where this node's chain stands in batches that the inbox took and that are not derived yet
 * (protocol §2.3). Told by call data alone: a batch has the blocks of our chain that end with its
 * declared last blocks and have ticks in its declared ranges, if the root over these blocks is its
 * {@code headersRoot}. Then L1 names these very blocks, and the batch derives to them or, should
 * anything else be wrong with it, to nothing. A poster that declares wider ranges than it fills is
 * not recognized before it is derived. Owner: the sequencing thread.
 */
public final class PostedHead {
  private static final long NOT_FOUND = -1;
  private static final long NOT_OURS = -2;

  private final Cluster cluster;
  private List<Run> declared = List.of();

  public PostedHead(Cluster cluster) {
    this.cluster = cluster;
  }

  /** These batches, in the inbox's order, are on L1 and not derived; no others are known. */
  public void declared(List<Batch> batches) {
    declared = batches.stream().map(Run::new).toList();
  }

  /** What was declared is derived, or is not on L1 any more. */
  public void forget() {
    declared = List.of();
  }

  /** Height of the newest block that is posted and not derived; not above safe when none is. */
  public long height() {
    if (declared.isEmpty()) {
      return 0; // The usual case, asked for with each picture: not worth a look at the safe head.
    }
    long height = cluster.safeHeight();
    for (Run run : declared) {
      // A batch of other blocks replaces ours if it is right: nothing after it counts.
      if (!run.isOnChain() || run.first > height + 1) {
        break;
      }
      height = Math.max(height, run.last);
    }
    return height;
  }

  /**
   * The blocks of one batch. What stands before a block is fixed by its hash, so looked up once.
   */
  private final class Run {
    private final Batch call;
    private long first;
    private long last = NOT_FOUND;

    Run(Batch call) {
      this.call = call;
    }

    boolean isOnChain() {
      if (last == NOT_FOUND) {
        find();
      }
      return last >= 0 && endsAt(last);
    }

    /** Whether the declared last blocks are our blocks of this height. */
    private boolean endsAt(long height) {
      List<Rollup> rollups = cluster.rollups();
      if (call.rollups().size() != rollups.size()) {
        return false;
      }
      for (int i = 0; i < rollups.size(); i++) {
        RollupPart part = call.rollups().get(i);
        if (part.rollupId() != rollups.get(i).id()
            || !part.lastBlockHash().equals(rollups.get(i).chain().canonicalHash(height))) {
          return false;
        }
      }
      return true;
    }

    private void find() {
      var header =
          call.rollups().isEmpty()
              ? null
              : cluster.first().chain().headerByHash(call.rollups().getFirst().lastBlockHash());
      if (header == null || !endsAt(header.number())) {
        return; // Its seals may still come.
      }
      long end = header.number();
      long from = end + 1;
      while (end - from + 1 < BatchLimits.MAX_BLOCKS_PER_SEGMENT && isDeclared(from - 1)) {
        from--;
      }
      first = from;
      last = call.headersRoot().equals(root(from, end)) ? end : NOT_OURS;
    }

    private boolean isDeclared(long height) {
      var header = height == 0 ? null : cluster.first().chain().canonicalHeader(height);
      if (header == null) {
        return false;
      }
      long tick = HeaderExtra.of(header).tick();
      return (tick >= call.firstTick() && tick <= call.lastTick())
          || BatchCheck.carriedRange(call, tick) != null;
    }

    /** The root of a header table with our blocks of these heights; null when there is none. */
    private @Nullable Hash32 root(long from, long to) {
      List<byte[]> leaves = new ArrayList<>();
      for (long height = from; height <= to; height++) {
        for (Rollup rollup : cluster.rollups()) {
          var header = rollup.chain().canonicalHeader(height);
          if (header == null) {
            return null;
          }
          long tick = HeaderExtra.of(header).tick();
          leaves.add(new TableEntry(tick, rollup.id(), height, header.hash()).leaf());
        }
      }
      return leaves.isEmpty() ? null : new MerkleTree(leaves).root();
    }
  }
}
