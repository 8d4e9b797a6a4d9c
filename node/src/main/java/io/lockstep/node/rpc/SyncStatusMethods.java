// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.execution.state.ChainDb;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.head.RollupView;
import io.lockstep.sequencer.tick.SystemTransaction;
import io.lockstep.sequencer.tick.SystemTransaction.AnchorRef;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code rollup_syncStatus}, and the same under the name that tools for OP chains ask for: where
 * the node is on L1 and with one rollup, in the shape of the op-node, numbers being JSON numbers.
 * Any thread.
 */
public final class SyncStatusMethods {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final AnchorRef NO_ORIGIN = new AnchorRef(0, Hash32.ZERO);

  private final long rollupId;
  private final Supplier<NodeView> view;
  private final L1Heads l1;

  public SyncStatusMethods(long rollupId, Supplier<NodeView> view, L1Heads l1) {
    this.rollupId = rollupId;
    this.view = view;
    this.l1 = l1;
  }

  public void addTo(Map<String, RpcMethod> methods) {
    methods.put("rollup_syncStatus", params -> status());
    methods.put("optimism_syncStatus", params -> status());
  }

  private JsonNode status() {
    RollupView now = view.get().rollup(rollupId);
    if (now == null) {
      throw new IllegalStateException("rollup " + rollupId + " is not in the picture");
    }
    ChainDb chain = now.rollup().chain();
    L1Heads.Known heads = l1.known();
    ObjectNode out = JSON.objectNode();
    out.set("current_l1", l1Block(heads.read()));
    out.set("current_l1_finalized", l1Block(heads.finalized()));
    out.set("head_l1", l1Block(heads.head()));
    out.set("safe_l1", l1Block(heads.safe()));
    out.set("finalized_l1", l1Block(heads.finalized()));
    JsonNode unsafe = l2Block(chain, now.head(), now.headHash());
    JsonNode safe = l2Block(chain, now.safe(), now.safe().hash());
    out.set("unsafe_l2", unsafe);
    out.set("safe_l2", safe);
    out.set("finalized_l2", l2Block(chain, now.finalized(), now.finalized().hash()));
    out.set("pending_safe_l2", safe);
    out.set("cross_unsafe_l2", unsafe);
    out.set("local_safe_l2", safe);
    return out;
  }

  /** What has not been seen yet is a block of zeros, as there. */
  private static ObjectNode l1Block(@Nullable BlockRef known) {
    BlockRef block = known == null ? new BlockRef(0, Hash32.ZERO, Hash32.ZERO, 0) : known;
    return ref(block.hash(), block.number(), block.parentHash(), block.timestampSeconds());
  }

  private static ObjectNode ref(Hash32 hash, long number, Hash32 parent, long timestampSeconds) {
    return JSON.objectNode()
        .put("hash", hash.toHex())
        .put("number", number)
        .put("parentHash", parent.toHex())
        .put("timestamp", timestampSeconds);
  }

  private static JsonNode l2Block(ChainDb chain, BlockHeader header, Hash32 hash) {
    ObjectNode out = ref(hash, header.number(), header.parentHash(), header.timestampSeconds());
    AnchorRef origin = origin(chain, header.number(), hash);
    AnchorRef known = origin == null ? NO_ORIGIN : origin;
    out.putObject("l1origin").put("hash", known.hash().toHex()).put("number", known.number());
    out.put("sequenceNumber", header.number() - firstOf(chain, known, header.number()));
    return out;
  }

  /**
   * The lowest block up to {@code number} that has the same origin. Origins only rise, and one has
   * few blocks: the search goes down in growing steps and halves the last one.
   */
  private static long firstOf(ChainDb chain, AnchorRef origin, long number) {
    long same = number;
    long step = 1;
    while (same - step >= 1 && hasOrigin(chain, same - step, origin)) {
      same -= step;
      step *= 2;
    }
    long other = Math.max(0, same - step);
    while (same - other > 1) {
      long middle = other + (same - other) / 2;
      if (hasOrigin(chain, middle, origin)) {
        same = middle;
      } else {
        other = middle;
      }
    }
    return same;
  }

  private static boolean hasOrigin(ChainDb chain, long number, AnchorRef origin) {
    Hash32 hash = chain.canonicalHash(number);
    return hash != null && origin.equals(origin(chain, number, hash));
  }

  /** The L1 block that a block is anchored to; null at genesis and where blocks are not kept. */
  private static @Nullable AnchorRef origin(ChainDb chain, long number, Hash32 hash) {
    Block block = number == 0 ? null : chain.block(hash);
    return block == null || block.transactions().isEmpty()
        ? null
        : SystemTransaction.anchorOf(block.transactions().getFirst());
  }
}
