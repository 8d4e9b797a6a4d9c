// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.execution.rpc.ChainView;
import io.lockstep.execution.rpc.OpenBlockSubscriptions;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.head.RollupView;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells how the open block of one rollup grows, frag by frag, from the pictures that the sequencing
 * thread publishes. Subscribing from any thread, telling on the streams' thread.
 */
public final class OpenBlocks implements OpenBlockSubscriptions.Feed {
  private final long rollupId;
  private final List<Consumer<OpenBlockSubscriptions.Growth>> listeners =
      new CopyOnWriteArrayList<>();

  public OpenBlocks(long rollupId) {
    this.rollupId = rollupId;
  }

  @Override
  public AutoCloseable subscribe(Consumer<OpenBlockSubscriptions.Growth> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Tells the listeners what was released between two pictures. */
  public void onViews(NodeView before, NodeView after) {
    RollupView.OpenView open = openIn(after);
    if (listeners.isEmpty() || open == null) {
      return;
    }
    int known = known(openIn(before), open);
    if (known < open.transactions().size()) {
      OpenBlockSubscriptions.Growth growth =
          new OpenBlockSubscriptions.Growth(
              new ChainView.OpenPart(
                  open.env(), open.transactions(), open.receipts(), open.state()),
              known);
      listeners.forEach(listener -> listener.accept(growth));
    }
  }

  private RollupView.@Nullable OpenView openIn(NodeView view) {
    RollupView rollup = view.rollup(rollupId);
    return rollup == null ? null : rollup.open();
  }

  /**
   * How many of the open block's transactions were released before; none when it is another block,
   * or one that begins otherwise.
   */
  private static int known(RollupView.@Nullable OpenView before, RollupView.OpenView now) {
    if (before == null
        || !before.env().parentHash().equals(now.env().parentHash())
        || before.env().timestampSeconds() != now.env().timestampSeconds()) {
      return 0;
    }
    int shown = before.transactions().size();
    boolean goesOn =
        shown <= now.transactions().size()
            && (shown == 0
                || before
                    .transactions()
                    .getLast()
                    .hash()
                    .equals(now.transactions().get(shown - 1).hash()));
    return goesOn ? shown : 0;
  }
}
