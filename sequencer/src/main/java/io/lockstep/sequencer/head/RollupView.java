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
 * @param open the released part of the block being built, or null
 */
public record RollupView(
    Rollup rollup,
    BlockHeader head,
    Hash32 headHash,
    StateReader headState,
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

  static RollupView of(Cluster cluster, Rollup rollup, OpenTick.@Nullable RollupBlock open) {
    StateReader headState = rollup.chain().headState();
    return new RollupView(
        rollup,
        rollup.chain().head(),
        rollup.chain().headHash(),
        headState,
        cluster.safe(rollup),
        cluster.finalized(rollup),
        open == null ? null : openView(open, headState));
  }

  private static OpenView openView(OpenTick.RollupBlock open, StateReader headState) {
    return new OpenView(
        open.env(), open.transactions(), open.receipts(), new Overlay(headState, open.diff()));
  }
}
