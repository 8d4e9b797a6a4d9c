// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.execution;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.Json;
import io.lockstep.l1client.http.NoticeListener;
import io.lockstep.l1client.http.Transport;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The L1 execution client's JSON-RPC over one or more endpoints. Methods block; call them from a
 * virtual thread. A null result means that no endpoint that answered knows it. Any thread.
 */
public final class ExecutionClient {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** What nodes answer for a tag that has no block yet. */
  private static final int UNKNOWN_BLOCK = -39001;

  /** A block behind is ordinary: endpoints hear of it one after the other. */
  private static final long TOLERATED_LAG_BLOCKS = 2;

  private final EndpointPool pool;
  private final JsonRpc rpc;

  public ExecutionClient(EndpointPool pool, Transport transport, HttpOptions options) {
    this.pool = pool;
    this.rpc = new JsonRpc(transport, options);
  }

  public EndpointPool pool() {
    return pool;
  }

  /**
   * From now on only endpoints of this chain are asked.
   *
   * @param told of each endpoint that is refused with the reason, and when it is not any more
   */
  public void requireChain(long chainId, EndpointPool.GateListener told) {
    pool.guard(
        endpoint -> {
          UInt256 found =
              read(
                  endpoint, rpc.call(endpoint, "eth_chainId"), r -> Json.asQuantity(r, "chain id"));
          return found.equals(UInt256.of(chainId))
              ? null
              : "is chain %s, expected %d".formatted(found.toBigInteger(), chainId);
        },
        told);
  }

  /** Asks every endpoint for its head and ranks those last that lag behind. */
  public void rankByHead() {
    pool.rankByHead(
        endpoint -> {
          JsonNode result = rpc.call(endpoint, "eth_blockNumber");
          return read(endpoint, result, r -> Json.asNumber(r, "block number"));
        },
        TOLERATED_LAG_BLOCKS);
  }

  private interface Reader<T> {
    T read(JsonNode result) throws DecodeException;
  }

  public UInt256 chainId() throws L1Exception {
    return require("eth_chainId", r -> Json.asQuantity(r, "chain id"));
  }

  public @Nullable L1Block block(BlockTag tag) throws L1Exception {
    if (tag.hash() != null) {
      return blockByHash(tag.hash());
    }
    return tag.name() == null ? blockByNumber(tag.number()) : namedBlock(tag);
  }

  private @Nullable L1Block namedBlock(BlockTag tag) throws L1Exception {
    try {
      return pool.first(
              endpoint -> {
                JsonNode result = rpc.call(endpoint, "eth_getBlockByNumber", tag.toJson(), no());
                return result.isNull()
                    ? new Known<L1Block>(null)
                    : new Known<>(read(endpoint, result, ExecutionJson::block));
              })
          .value;
    } catch (L1Exception e) {
      // safe and finalized have no block in a young chain: nodes say null, this code or a text
      if (e.kind() == Kind.NODE_ERROR
          && (e.code() == UNKNOWN_BLOCK || e.text().contains("not found"))) {
        return null;
      }
      throw e;
    }
  }

  private record Known<T>(@Nullable T value) {}

  public @Nullable L1Block blockByNumber(long number) throws L1Exception {
    L1Block block =
        find("eth_getBlockByNumber", ExecutionJson::block, BlockTag.of(number).toJson(), no());
    if (block != null && block.number() != number) {
      throw new L1Exception(
          Kind.BAD_ANSWER, "asked for block " + number + ", got block " + block.number());
    }
    return block;
  }

  public @Nullable L1Block blockByHash(Hash32 hash) throws L1Exception {
    L1Block block = find("eth_getBlockByHash", ExecutionJson::block, text(hash.toHex()), no());
    if (block != null && !block.hash().equals(hash)) {
      throw new L1Exception(
          Kind.BAD_ANSWER, "asked for block " + hash + ", got block " + block.hash());
    }
    return block;
  }

  /** All transactions of a block, in order. */
  public List<L1Transaction> transactions(Hash32 blockHash) throws L1Exception {
    List<L1Transaction> found =
        find(
            "eth_getBlockByHash",
            ExecutionJson::transactions,
            text(blockHash.toHex()),
            JSON.booleanNode(true));
    if (found == null) {
      throw new L1Exception(Kind.BAD_ANSWER, "block " + blockHash + " is not there any more");
    }
    return found;
  }

  /**
   * Subscribes to one endpoint's new heads; only where it speaks WebSocket.
   *
   * @return ends it
   */
  public AutoCloseable newHeads(Endpoint endpoint, NoticeListener listener) throws L1Exception {
    return rpc.newHeads(endpoint, listener);
  }

  /** Whether one endpoint has the block, on its canonical chain. */
  public boolean isCanonical(Endpoint endpoint, Hash32 hash) throws L1Exception {
    JsonNode found = rpc.call(endpoint, "eth_getBlockByHash", text(hash.toHex()), no());
    if (found.isNull()) {
      return false;
    }
    long number = read(endpoint, found, ExecutionJson::block).number();
    JsonNode canonical =
        rpc.call(endpoint, "eth_getBlockByNumber", BlockTag.of(number).toJson(), no());
    return !canonical.isNull()
        && read(endpoint, canonical, ExecutionJson::block).hash().equals(hash);
  }

  /** The logs of one block, of {@code address} only, whose first topic is one of {@code topics}. */
  public List<L1Log> logs(Hash32 blockHash, Address address, List<Hash32> topics)
      throws L1Exception {
    List<L1Log> logs =
        getLogs(JSON.objectNode().put("blockHash", blockHash.toHex()), address, topics);
    for (L1Log log : logs) {
      if (!log.blockHash().equals(blockHash)) {
        throw new L1Exception(Kind.BAD_ANSWER, "asked for logs of " + blockHash + ", got others");
      }
    }
    return logs;
  }

  /** The logs of canonical blocks from {@code from} to {@code to}, both included. */
  public List<L1Log> logs(long from, long to, Address address, List<Hash32> topics)
      throws L1Exception {
    ObjectNode filter =
        JSON.objectNode()
            .put("fromBlock", "0x" + Long.toHexString(from))
            .put("toBlock", "0x" + Long.toHexString(to));
    List<L1Log> logs = getLogs(filter, address, topics);
    for (L1Log log : logs) {
      if (log.blockNumber() < from || log.blockNumber() > to) {
        throw new L1Exception(
            Kind.BAD_ANSWER, "asked for logs of " + from + " to " + to + ", got others");
      }
    }
    return logs;
  }

  private List<L1Log> getLogs(ObjectNode filter, Address address, List<Hash32> topics)
      throws L1Exception {
    filter.put("address", address.toHex());
    if (!topics.isEmpty()) {
      var first = filter.putArray("topics").addArray();
      topics.forEach(topic -> first.add(topic.toHex()));
    }
    List<L1Log> logs = require("eth_getLogs", ExecutionJson::logs, filter);
    for (L1Log log : logs) {
      if (!log.log().address().equals(address)) {
        throw new L1Exception(Kind.BAD_ANSWER, "asked for logs of " + address + ", got others");
      }
    }
    return logs;
  }

  public @Nullable L1Transaction transaction(Hash32 hash) throws L1Exception {
    L1Transaction tx =
        find("eth_getTransactionByHash", ExecutionJson::transaction, text(hash.toHex()));
    if (tx != null && !tx.hash().equals(hash)) {
      throw new L1Exception(
          Kind.BAD_ANSWER, "asked for transaction " + hash + ", got " + tx.hash());
    }
    return tx;
  }

  public @Nullable L1Receipt receipt(Hash32 txHash) throws L1Exception {
    L1Receipt receipt =
        find("eth_getTransactionReceipt", ExecutionJson::receipt, text(txHash.toHex()));
    if (receipt != null && !receipt.txHash().equals(txHash)) {
      throw new L1Exception(
          Kind.BAD_ANSWER, "asked for the receipt of " + txHash + ", got " + receipt.txHash());
    }
    return receipt;
  }

  /**
   * The return data.
   *
   * @throws L1Exception NODE_ERROR with the revert bytes as data when the call reverts
   */
  public Bytes call(CallRequest request, BlockTag at) throws L1Exception {
    return require("eth_call", r -> Json.asBytes(r, "return data"), request.toJson(), at.toJson());
  }

  /** Gas that the transaction needs, as the node finds by trying. */
  public long estimateGas(CallRequest request) throws L1Exception {
    return require("eth_estimateGas", r -> Json.asNumber(r, "gas"), request.toJson());
  }

  /** The account's next nonce at {@code at}. */
  public long nonce(Address account, BlockTag at) throws L1Exception {
    return require(
        "eth_getTransactionCount",
        r -> Json.asNumber(r, "nonce"),
        text(account.toHex()),
        at.toJson());
  }

  public UInt256 balance(Address account, BlockTag at) throws L1Exception {
    return require(
        "eth_getBalance", r -> Json.asQuantity(r, "balance"), text(account.toHex()), at.toJson());
  }

  public Bytes code(Address account, BlockTag at) throws L1Exception {
    return require("eth_getCode", r -> Json.asBytes(r, "code"), text(account.toHex()), at.toJson());
  }

  public Hash32 storage(Address account, Hash32 slot, BlockTag at) throws L1Exception {
    return require(
        "eth_getStorageAt",
        r -> Json.asHash(r, "storage"),
        text(account.toHex()),
        text(slot.toHex()),
        at.toJson());
  }

  /** {@code eth_getProof} as the node gives it; the caller checks it against a state root. */
  public JsonNode proof(Address account, List<Hash32> slots, BlockTag at) throws L1Exception {
    var keys = JSON.arrayNode();
    slots.forEach(slot -> keys.add(slot.toHex()));
    return require("eth_getProof", r -> r, text(account.toHex()), keys, at.toJson());
  }

  /** Wei per gas. */
  public UInt256 gasPrice() throws L1Exception {
    return require("eth_gasPrice", r -> Json.asQuantity(r, "gas price"));
  }

  /** Wei per gas that the node suggests as a tip. */
  public UInt256 maxPriorityFee() throws L1Exception {
    return require("eth_maxPriorityFeePerGas", r -> Json.asQuantity(r, "priority fee"));
  }

  /** Wei per unit of blob gas in the next block. */
  public UInt256 blobBaseFee() throws L1Exception {
    return require("eth_blobBaseFee", r -> Json.asQuantity(r, "blob base fee"));
  }

  /**
   * Hands a signed transaction (network form) to every endpoint, so that one with few peers or
   * behind does not keep it to itself.
   *
   * @return the hash that an endpoint gave
   * @throws L1Exception when none took it: a node's own refusal rather than a transport failure
   */
  public Hash32 sendRaw(Bytes networkForm) throws L1Exception {
    JsonNode raw = text(networkForm.toHex());
    Hash32 accepted = null;
    L1Exception refusal = null;
    for (Endpoint endpoint : pool.ranked()) {
      try {
        if (!pool.admits(endpoint)) {
          continue;
        }
        JsonNode result = rpc.call(endpoint, "eth_sendRawTransaction", raw);
        accepted = read(endpoint, result, r -> Json.asHash(r, "transaction hash"));
        pool.succeeded(endpoint);
      } catch (L1Exception e) {
        if (e.isTemporary()) {
          pool.failed(endpoint);
        }
        if (refusal == null || (refusal.isTemporary() && !e.isTemporary())) {
          refusal = e;
        }
      }
    }
    if (accepted != null) {
      return accepted;
    }
    throw refusal == null ? new L1Exception(Kind.UNREACHABLE, "no L1 endpoint") : refusal;
  }

  /** Any other method, as the node answers it. */
  public JsonNode raw(String method, JsonNode... params) throws L1Exception {
    return require(method, r -> r, params);
  }

  private <T> T require(String method, Reader<T> reader, JsonNode... params) throws L1Exception {
    return pool.first(endpoint -> {
      JsonNode result = rpc.call(endpoint, method, params);
      return read(endpoint, result, reader);
    });
  }

  private <T> @Nullable T find(String method, Reader<T> reader, JsonNode... params)
      throws L1Exception {
    return pool.firstFound(endpoint -> {
      JsonNode result = rpc.call(endpoint, method, params);
      return result.isNull() ? null : read(endpoint, result, reader);
    });
  }

  private static <T> T read(Endpoint endpoint, JsonNode result, Reader<T> reader)
      throws L1Exception {
    try {
      return reader.read(result);
    } catch (DecodeException e) {
      throw new L1Exception(Kind.BAD_ANSWER, endpoint + ": " + e.getMessage(), e);
    }
  }

  private static JsonNode text(String value) {
    return JSON.stringNode(value);
  }

  private static JsonNode no() {
    return JSON.booleanNode(false);
  }
}
