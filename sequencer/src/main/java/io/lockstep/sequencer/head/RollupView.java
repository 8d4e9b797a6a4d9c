// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.head;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.journal.Overlay;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rollup as RPC threads see it: immutable, replaced as a whole.
 *
 * @param headState state after the sealed head
 * @param posted the newest block that a batch on L1 is known to have, derived or not; never below
 *     {@code safe}
 * @param open the released part of the block being built, or null
 */
public record RollupView(
    Rollup rollup,
    BlockHeader head,
    Hash32 headHash,
    StateReader headState,
    BlockHeader posted,
    BlockHeader safe,
    BlockHeader finalized,
    @Nullable OpenView open) {

  /**
   * The released part of an open block.
   *
   * @param state state after everything released
   */
  public record OpenView(
      BlockEnv env, List<Transaction> transactions, List<Receipt> receipts, StateReader state) {}

  /** State after everything that a receipt was shown for. */
  public StateReader newestState() {
    return open == null ? headState : open.state;
  }

  static RollupView of(
      Cluster cluster, Rollup rollup, long postedHeight, OpenTick.@Nullable RollupBlock open) {
    StateReader headState = rollup.chain().headState();
    BlockHeader safe = cluster.safe(rollup);
    BlockHeader posted =
        postedHeight > safe.number() ? rollup.chain().canonicalHeader(postedHeight) : null;
    return new RollupView(
        rollup,
        rollup.chain().head(),
        rollup.chain().headHash(),
        headState,
        posted == null ? safe : posted,
        safe,
        cluster.finalized(rollup),
        open == null ? null : openView(open, headState));
  }

  private static OpenView openView(OpenTick.RollupBlock open, StateReader headState) {
    return new OpenView(
        open.env(), open.transactions(), open.receipts(), new Overlay(headState, open.diff()));
  }
}
