// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** What {@code eth_subscribe} offers of the sealed chain. Any thread. */
public final class ChainSubscriptions {
  private ChainSubscriptions() {}

  /** {@code newHeads}: the header of every block that becomes canonical. */
  public static Subscription newHeads(ChainView view) {
    HeadFeed feed = new HeadFeed(view);
    Headers headers = new Headers(view);
    return (params, sink) ->
        feed.subscribe(step -> {
          for (Hash32 hash : step.added()) {
            JsonNode header = headers.json(hash);
            if (header != null) {
              sink.accept(header);
            }
          }
        });
  }

  /** Builds the header that was asked for last only once: it goes to every subscriber in turn. */
  private static final class Headers {
    private final ChainView view;
    private Hash32 last = Hash32.ZERO;
    private @Nullable JsonNode json;

    Headers(ChainView view) {
      this.view = view;
    }

    synchronized @Nullable JsonNode json(Hash32 hash) {
      if (!hash.equals(last)) {
        BlockHeader header = view.header(hash);
        json = header == null ? null : BlockJson.header(header, hash);
        last = hash;
      }
      return json;
    }
  }

  /** {@code logs}: matching logs of new blocks; those of removed blocks with {@code removed}. */
  public static Subscription logs(ChainView view) {
    HeadFeed feed = new HeadFeed(view);
    LogSearch search = new LogSearch(view, CallOptions.DEFAULTS);
    return (params, sink) -> {
      JsonNode criteria = params.path(0);
      if (!criteria.isMissingNode() && !criteria.isNull() && !criteria.isObject()) {
        throw RpcError.invalidParams("expected a filter object");
      }
      LogFilter filter = LogFilter.parse(criteria);
      return feed.subscribe(step -> tellLogs(search, step, filter, sink));
    };
  }

  private static void tellLogs(
      LogSearch search, HeadCursor.Step step, LogFilter filter, Consumer<JsonNode> sink) {
    for (Hash32 hash : step.removed()) {
      tellLogs(search, hash, filter, true, sink);
    }
    for (Hash32 hash : step.added()) {
      tellLogs(search, hash, filter, false, sink);
    }
  }

  /**
   * {@code newPendingTransactions}: the hash of every transaction that begins to wait here, or all
   * of it when the first parameter is true.
   */
  public static Subscription newPendingTransactions(ChainView view) {
    return (params, sink) -> {
      JsonNode full = params.path(0);
      if (!full.isMissingNode() && !full.isNull() && !full.isBoolean()) {
        throw RpcError.invalidParams("expected a boolean");
      }
      boolean whole = full.asBoolean(false);
      return view.onWaiting(tx ->
          sink.accept(
              whole ? TransactionJson.waiting(tx) : RpcJson.NODES.stringNode(tx.hash().toHex())));
    };
  }

  /** A block's logs are bounded by its gas. */
  private static void tellLogs(
      LogSearch search, Hash32 hash, LogFilter filter, boolean removed, Consumer<JsonNode> sink) {
    ArrayNode found = RpcJson.NODES.arrayNode();
    search.collect(hash, filter, removed, found, Integer.MAX_VALUE);
    found.forEach(sink);
  }
}
