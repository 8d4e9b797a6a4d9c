// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.OpenBlockProposed;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.tick.HeaderExtra;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What came of each posting: the same at every node, and what it must be. One thread. */
final class Outcomes {
  private final BiConsumer<String, String> fail;
  private final Map<BatchAt, Derived> derived = new LinkedHashMap<>();

  private record BatchAt(Hash32 l1Hash, long batchIndex) {}

  private record Derived(String node, long height, Hash32 blockHash, String skipped) {}

  /**
   * @param fail takes an invariant and how it was broken
   */
  Outcomes(BiConsumer<String, String> fail) {
    this.fail = fail;
  }

  /** What a node has derived. */
  void take(String node, DerivationLog.Entry entry, @Nullable Hash32 hash) {
    Derived now =
        new Derived(node, entry.heightAfter(), hash == null ? Hash32.ZERO : hash, entry.skipped());
    Derived before = derived.putIfAbsent(new BatchAt(entry.l1Hash(), entry.batchIndex()), now);
    if (before != null
        && !(before.height == now.height
            && before.blockHash.equals(now.blockHash)
            && before.skipped.isEmpty() == now.skipped.isEmpty())) {
      fail.accept(
          "all-derive-the-same", "batch " + entry.batchIndex() + ": " + before + ", " + now);
    }
  }

  /** Garbage derives to nothing, and the blocks of open windows to what they stand for. */
  void check(List<SimNode> nodes, List<PostedBatch> postings, Liar liar) {
    for (PostedBatch one : postings) {
      Derived outcome = derived.get(new BatchAt(one.blockHash(), one.event().batchIndex()));
      switch (one.event()) {
        case OpenBlockProposed open -> {
          if (outcome != null && !isOpenBlock(nodes, outcome.height, open.tick())) {
            fail.accept(
                "open-blocks-are-derived",
                "%s is no block at height %d, %s".formatted(open, outcome.height, outcome.skipped));
          }
        }
        case BatchProposed batch -> {
          if (outcome != null
              && outcome.skipped.isEmpty()
              && liar.hasPoisoned(one.callData(), batch.blobHashes())) {
            fail.accept(
                "garbage-derives-to-nothing",
                "batch %d is taken for block %d".formatted(batch.batchIndex(), outcome.height));
          }
        }
      }
    }
  }

  /** In an open window nothing that is later can have been derived. */
  private static boolean isOpenBlock(List<SimNode> nodes, long height, long tick) {
    for (SimNode node : nodes) {
      NodeParts parts = node.parts();
      if (parts != null && parts.core().cluster().safeHeight() >= height) {
        BlockHeader header = parts.core().cluster().first().chain().canonicalHeader(height);
        HeaderExtra extra = header == null ? null : HeaderExtra.of(header);
        return extra != null && extra.operatorId() == 0 && extra.tick() == tick;
      }
    }
    return true;
  }

  /** Blocks without operator on the chain of whoever has most. */
  static int openBlocks(List<SimNode> nodes) {
    int most = 0;
    for (SimNode node : nodes) {
      NodeParts parts = node.parts();
      int found = 0;
      for (long h = 1; parts != null && h <= parts.core().cluster().safeHeight(); h++) {
        BlockHeader header = parts.core().cluster().first().chain().canonicalHeader(h);
        found += header != null && HeaderExtra.of(header).operatorId() == 0 ? 1 : 0;
      }
      most = Math.max(most, found);
    }
    return most;
  }
}
