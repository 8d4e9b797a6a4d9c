// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Log queries, and filters that are polled. Filters expire when nobody asks for them. */
final class LogMethods {
  private static final int MAX_FILTERS = 1_024;
  private static final long FILTER_LIFE_MS = 5 * 60 * 1_000;

  /** Blocks that one poll of a block filter goes over. */
  private static final int MAX_POLLED_BLOCKS = 10_000;

  private final ChainView view;
  private final LogSearch search;
  private final CallPool pool;
  private final InstantSource clock;
  private final CallOptions options;
  private final WaitingRing waiting;
  private final Map<String, Filter> filters = new HashMap<>();

  LogMethods(
      ChainView view, LogSearch search, CallPool pool, InstantSource clock, CallOptions options) {
    this.view = view;
    this.search = search;
    this.pool = pool;
    this.clock = clock;
    this.options = options;
    this.waiting = new WaitingRing(view);
  }

  /** What a filter tells when it is polled. */
  private enum Kind {
    LOGS,
    BLOCKS,
    WAITING
  }

  /** A filter that is polled. */
  private static final class Filter {
    final Kind kind;
    final JsonNode criteria;
    final HeadCursor cursor;
    long waitingFrom;
    long usedMs;

    Filter(Kind kind, JsonNode criteria, HeadCursor cursor, long waitingFrom, long usedMs) {
      this.kind = kind;
      this.criteria = criteria;
      this.cursor = cursor;
      this.waitingFrom = waitingFrom;
      this.usedMs = usedMs;
    }
  }

  void addTo(Map<String, RpcMethod> methods) {
    methods.put(
        "eth_getLogs",
        params -> {
          JsonNode criteria = Params.required(params, 0);
          return pool.run(() -> search.find(criteria));
        });
    methods.put("eth_newFilter", params -> install(Kind.LOGS, checked(Params.required(params, 0))));
    methods.put("eth_newBlockFilter", params -> install(Kind.BLOCKS, RpcJson.nothing()));
    methods.put(
        "eth_newPendingTransactionFilter", params -> install(Kind.WAITING, RpcJson.nothing()));
    methods.put("eth_uninstallFilter", params -> uninstall(id(params)));
    methods.put("eth_getFilterChanges", params -> changes(id(params)));
    methods.put("eth_getFilterLogs", params -> logs(id(params)));
  }

  private static String id(JsonNode params) throws RpcError {
    return Params.quantity(Params.required(params, 0), "invalid argument 0").toQuantity();
  }

  private static JsonNode checked(JsonNode criteria) throws RpcError {
    if (!criteria.isObject()) {
      throw RpcError.invalidParams("invalid argument 0: expected a filter object");
    }
    LogFilter.parse(criteria);
    if (LogSearch.firstBlock(criteria) > LogSearch.lastBlock(criteria)) {
      throw RpcError.invalidParams("invalid block range params");
    }
    return criteria;
  }

  private synchronized JsonNode install(Kind kind, JsonNode criteria) throws RpcError {
    long now = clock.millis();
    filters.values().removeIf(filter -> now - filter.usedMs > FILTER_LIFE_MS);
    if (filters.size() >= MAX_FILTERS) {
      throw new RpcError(RpcError.LIMIT_EXCEEDED, "limit of " + MAX_FILTERS + " filters reached");
    }
    String id =
        "0x"
            + Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE)
            + "%016x".formatted(ThreadLocalRandom.current().nextLong());
    long waitingFrom = kind == Kind.WAITING ? waiting.end() : 0;
    filters.put(id, new Filter(kind, criteria, new HeadCursor(view), waitingFrom, now));
    return RpcJson.NODES.stringNode(id);
  }

  private synchronized JsonNode uninstall(String id) {
    return RpcJson.NODES.booleanNode(filters.remove(id) != null);
  }

  private synchronized Filter find(String id) throws RpcError {
    Filter filter = filters.get(id);
    long now = clock.millis();
    if (filter == null || now - filter.usedMs > FILTER_LIFE_MS) {
      filters.remove(id);
      throw new RpcError(RpcError.SERVER, "filter not found");
    }
    filter.usedMs = now;
    return filter;
  }

  private JsonNode changes(String id) throws RpcError {
    Filter filter = find(id);
    return pool.run(() -> {
      synchronized (filter) {
        return switch (filter.kind) {
          case LOGS -> logChanges(filter, filter.criteria);
          case BLOCKS -> blockChanges(filter);
          case WAITING -> waitingChanges(filter);
        };
      }
    });
  }

  private JsonNode waitingChanges(Filter filter) {
    ArrayNode hashes = RpcJson.NODES.arrayNode();
    WaitingRing.Batch fresh = waiting.since(filter.waitingFrom);
    filter.waitingFrom = fresh.end();
    fresh.hashes().forEach(hash -> hashes.add(hash.toHex()));
    return hashes;
  }

  private static JsonNode blockChanges(Filter filter) {
    ArrayNode hashes = RpcJson.NODES.arrayNode();
    filter.cursor.advance(MAX_POLLED_BLOCKS).added().forEach(hash -> hashes.add(hash.toHex()));
    return hashes;
  }

  private JsonNode logChanges(Filter filter, JsonNode criteria) throws RpcError {
    LogFilter wanted = LogFilter.parse(criteria);
    long first = LogSearch.firstBlock(criteria);
    long last = LogSearch.lastBlock(criteria);
    HeadCursor.Step step = filter.cursor.advance(options.maxLogBlocks());
    ArrayNode found = RpcJson.NODES.arrayNode();
    for (Hash32 hash : step.removed()) {
      collect(hash, wanted, first, last, true, found);
    }
    for (Hash32 hash : step.added()) {
      collect(hash, wanted, first, last, false, found);
    }
    return found;
  }

  private void collect(
      Hash32 hash, LogFilter wanted, long first, long last, boolean removed, ArrayNode found)
      throws RpcError {
    BlockHeader header = view.header(hash);
    if (header != null && header.number() >= first && header.number() <= last) {
      if (!search.collect(hash, wanted, removed, found, options.maxLogResults())) {
        throw search.tooMany();
      }
    }
  }

  private JsonNode logs(String id) throws RpcError {
    Filter filter = find(id);
    if (filter.kind != Kind.LOGS) {
      throw new RpcError(RpcError.SERVER, "filter not found");
    }
    return pool.run(() -> search.find(filter.criteria));
  }
}
