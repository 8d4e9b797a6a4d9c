// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Finds logs in sealed blocks, skipping by bloom filter. Any thread. */
final class LogSearch {
  private final ChainView view;
  private final CallOptions options;

  LogSearch(ChainView view, CallOptions options) {
    this.view = view;
    this.options = options;
  }

  /** The logs that a filter object asks for. */
  ArrayNode find(JsonNode criteria) throws RpcError {
    if (!criteria.isObject()) {
      throw RpcError.invalidParams("invalid argument 0: expected a filter object");
    }
    LogFilter filter = LogFilter.parse(criteria);
    ArrayNode found = RpcJson.NODES.arrayNode();
    JsonNode hash = present(criteria, "blockHash");
    if (hash != null) {
      if (present(criteria, "fromBlock") != null || present(criteria, "toBlock") != null) {
        throw RpcError.invalidParams(
            "invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock,"
                + " choose one or the other");
      }
      Hash32 block = Params.hash(hash, "blockHash");
      if (view.header(block) == null) {
        throw new RpcError(RpcError.SERVER, "unknown block");
      }
      collect(block, filter, found);
      return found;
    }
    long head = view.latest().number();
    long from = number(present(criteria, "fromBlock"), head);
    long to = number(present(criteria, "toBlock"), head);
    if (from > to) {
      throw RpcError.invalidParams("invalid block range params");
    }
    if (to > head) {
      throw RpcError.invalidParams("block range extends beyond current head block");
    }
    checkRange(to - from + 1);
    for (long number = from; number <= to; number++) {
      CallPool.checkAborted();
      Hash32 block = view.canonicalHash(number);
      if (block != null) {
        collect(block, filter, found);
      }
    }
    return found;
  }

  /** A query's last block when it names a number, for filters that look ahead; else no bound. */
  static long lastBlock(JsonNode criteria) throws RpcError {
    JsonNode to = present(criteria, "toBlock");
    return to != null && BlockParam.parse(to, "toBlock") instanceof BlockParam.Numbered(long n)
        ? n
        : Long.MAX_VALUE;
  }

  /** The same for its first block. */
  static long firstBlock(JsonNode criteria) throws RpcError {
    JsonNode from = present(criteria, "fromBlock");
    return from != null
            && BlockParam.parse(from, "fromBlock") instanceof BlockParam.Numbered(long n)
        ? n
        : 0;
  }

  private void checkRange(long blocks) throws RpcError {
    if (blocks > options.maxLogBlocks()) {
      throw new RpcError(
          RpcError.LIMIT_EXCEEDED,
          "query spans %d blocks, limit %d".formatted(blocks, options.maxLogBlocks()));
    }
  }

  private static @Nullable JsonNode present(JsonNode criteria, String field) {
    JsonNode value = criteria.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private long number(@Nullable JsonNode value, long head) throws RpcError {
    if (value == null) {
      return head;
    }
    return switch (BlockParam.parse(value, "block range")) {
      case BlockParam.Numbered(long number) -> number;
      case BlockParam.Tagged(BlockParam.Tag tag) ->
          switch (tag) {
            case EARLIEST -> view.genesis().number();
            case LATEST, PENDING -> head;
            case SAFE -> view.safe().number();
            case FINALIZED -> view.finalized().number();
          };
      case BlockParam.Hashed hashed ->
          throw RpcError.invalidParams("block range: expected a number or a tag");
    };
  }

  private void collect(Hash32 hash, LogFilter filter, ArrayNode found) throws RpcError {
    if (!collect(hash, filter, false, found, options.maxLogResults())) {
      throw tooMany();
    }
  }

  RpcError tooMany() {
    return new RpcError(
        RpcError.LIMIT_EXCEEDED,
        "query returned more than " + options.maxLogResults() + " results");
  }

  /** Adds a block's matching logs; false when there were more than {@code limit} in all. */
  boolean collect(Hash32 hash, LogFilter filter, boolean removed, ArrayNode found, int limit) {
    BlockHeader header = view.header(hash);
    if (header == null || !filter.mayMatch(header.logsBloom())) {
      return true;
    }
    Block block = view.block(hash);
    List<Receipt> receipts = view.receipts(hash);
    if (block == null || receipts == null) {
      return true;
    }
    Inclusion in = Inclusion.sealed(view.forks(), header, hash);
    int logIndex = 0;
    for (int tx = 0; tx < receipts.size(); tx++) {
      for (Log log : receipts.get(tx).logs()) {
        if (filter.matches(log)) {
          if (found.size() == limit) {
            return false;
          }
          Hash32 txHash = block.transactions().get(tx).hash();
          found.add(ReceiptJson.log(log, in, txHash, tx, logIndex, removed));
        }
        logIndex++;
      }
    }
    return true;
  }
}
