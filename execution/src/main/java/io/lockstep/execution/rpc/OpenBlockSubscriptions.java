// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.rpc.OpenBlockFeed.Growth;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code eth_subscribe} offers of the open block, under the names and in the forms that
 * clients of Flashblocks know: {@code newFlashblocks}, {@code newFlashblockTransactions}, {@code
 * pendingLogs}. Any thread.
 */
public final class OpenBlockSubscriptions {
  private final ForkSchedule forks;
  private final OpenBlockFeed feed;
  private @Nullable Told last;

  /** The same node goes to every subscriber: it is built, and later written, once. */
  private record Told(Growth growth, JsonNode block) {}

  public OpenBlockSubscriptions(ForkSchedule forks, OpenBlockFeed feed) {
    this.forks = forks;
    this.feed = feed;
  }

  /** {@code newFlashblocks}: the whole open block, with whole transactions, each time it grows. */
  public Subscription blocks() {
    return (params, sink) -> feed.subscribe(growth -> sink.accept(block(growth)));
  }

  @SuppressWarnings("ReferenceEquality") // the same event, told to the next subscriber
  private synchronized JsonNode block(Growth growth) {
    Told known = last;
    if (known != null && known.growth == growth) {
      return known.block;
    }
    JsonNode block =
        BlockJson.open(forks, growth.env(), growth.transactions(), growth.receipts(), true);
    last = new Told(growth, block);
    return block;
  }

  /**
   * {@code newFlashblockTransactions}: what the open block grew by, one transaction a message: its
   * hash, or with {@code true} the transaction with its logs.
   */
  public Subscription transactions() {
    return (params, sink) -> {
      JsonNode full = params.path(0);
      if (!full.isMissingNode() && !full.isNull() && !full.isBoolean()) {
        throw RpcError.invalidParams("expected a boolean: whether to give whole transactions");
      }
      boolean whole = full.isBoolean() && full.asBoolean();
      return feed.subscribe(growth -> {
        Inclusion in = Inclusion.open(forks, growth.env());
        eachLogs(
            growth,
            in,
            (index, logs) -> {
              var tx = growth.transactions().get(index);
              if (whole) {
                ObjectNode node = TransactionJson.of(tx, in, index);
                node.set("logs", logs);
                sink.accept(node);
              } else {
                sink.accept(RpcJson.NODES.stringNode(tx.hash().toHex()));
              }
            },
            null);
      });
    };
  }

  /** {@code pendingLogs}: matching logs of what the open block grew by, one a message. */
  public Subscription logs() {
    return (params, sink) -> {
      JsonNode criteria = params.path(0);
      if (!criteria.isMissingNode() && !criteria.isNull() && !criteria.isObject()) {
        throw RpcError.invalidParams("expected a filter object");
      }
      LogFilter filter = LogFilter.parse(criteria);
      return feed.subscribe(growth ->
          eachLogs(
              growth,
              Inclusion.open(forks, growth.env()),
              (index, logs) -> logs.forEach(sink),
              filter));
    };
  }

  /** Gives each new transaction's index and its logs, numbered within the block. */
  private static void eachLogs(
      Growth growth,
      Inclusion in,
      BiConsumer<Integer, ArrayNode> each,
      @Nullable LogFilter filter) {
    int logIndex = 0;
    for (int i = 0; i < growth.receipts().size(); i++) {
      List<Log> logs = growth.receipts().get(i).logs();
      if (i >= growth.first()) {
        Hash32 txHash = growth.transactions().get(i).hash();
        ArrayNode out = RpcJson.NODES.arrayNode();
        for (int j = 0; j < logs.size(); j++) {
          if (filter == null || filter.matches(logs.get(j))) {
            out.add(ReceiptJson.log(logs.get(j), in, txHash, i, logIndex + j, false));
          }
        }
        each.accept(i, out);
      }
      logIndex += logs.size();
    }
  }
}
