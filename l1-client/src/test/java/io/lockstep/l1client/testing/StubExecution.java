// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.testing;

import io.lockstep.l1client.http.Json;
import io.lockstep.l1client.testing.FakeChain.FakeBlock;
import io.lockstep.l1client.testing.FakeChain.Mined;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The execution JSON-RPC of the stub. */
public final class StubExecution {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** A JSON-RPC error that the stub answers. */
  public static final class RpcFailure extends Exception {
    private final int code;

    public RpcFailure(int code, String message) {
      super(message);
      this.code = code;
    }
  }

  private final FakeChain chain;
  private final Map<String, RpcFailure> failing = new ConcurrentHashMap<>();
  private final Map<String, JsonNode> answers = new ConcurrentHashMap<>();
  private final List<JsonNode> bundles = new CopyOnWriteArrayList<>();
  private final List<Bytes> sentRaw = new CopyOnWriteArrayList<>();
  private final List<String> methods = new CopyOnWriteArrayList<>();
  private volatile boolean oldWrappersOnly;
  private volatile long lagBlocks;
  private volatile long maxLogRange = Long.MAX_VALUE;
  private volatile UInt256 blobBaseFee = UInt256.ONE;
  private volatile Bytes callResult = Bytes.EMPTY;

  StubExecution(FakeChain chain) {
    this.chain = chain;
  }

  /** Answers {@code method} with an error until {@link #heal}. */
  public void fail(String method, int code, String message) {
    failing.put(method, new RpcFailure(code, message));
  }

  /** Answers {@code method} with this from now on. */
  public void answer(String method, JsonNode result) {
    answers.put(method, result);
  }

  /** Takes blob transactions in the form before Osaka alone, as EthereumJS does. */
  public void takeOldWrappersOnly() {
    oldWrappersOnly = true;
  }

  public void heal(String method) {
    failing.remove(method);
  }

  /** Shows the chain as it was this many blocks ago. */
  public void lagBehind(long blocks) {
    lagBlocks = blocks;
  }

  public void limitLogRange(long blocks) {
    maxLogRange = blocks;
  }

  public void setBlobBaseFee(UInt256 fee) {
    blobBaseFee = fee;
  }

  public void setCallResult(Bytes result) {
    callResult = result;
  }

  /** All bytes given to eth_sendRawTransaction, in order. */
  public List<Bytes> sentRaw() {
    return List.copyOf(sentRaw);
  }

  /** All bundles given to eth_sendBundle, in order. */
  public List<JsonNode> bundles() {
    return List.copyOf(bundles);
  }

  /** A builder mines a block with this bundle. */
  public void takeBundle(JsonNode bundle) {
    try {
      Bytes raw = Json.asBytes(bundle.get("txs").get(0), "transaction");
      chain.mineWith(List.of(new Mined(BlobTransaction.transactionOf(raw), true, List.of())));
    } catch (DecodeException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public List<String> methods() {
    return List.copyOf(methods);
  }

  StubL1.Raw post(byte[] body) {
    ObjectNode reply = JSON.objectNode().put("jsonrpc", "2.0");
    try {
      JsonNode request = Json.parse(body);
      reply.set("id", request.get("id"));
      String method = Json.text(request, "method");
      methods.add(method);
      RpcFailure order = failing.get(method);
      if (order != null) {
        throw order;
      }
      JsonNode ready = answers.get(method);
      if (ready != null) {
        reply.set("result", ready);
        return StubL1.Raw.json(200, reply);
      }
      reply.set("result", call(method, Json.field(request, "params")));
    } catch (RpcFailure e) {
      reply.putObject("error").put("code", e.code).put("message", e.getMessage());
    } catch (DecodeException e) {
      reply.putObject("error").put("code", -32602).put("message", e.getMessage());
    }
    return StubL1.Raw.json(200, reply);
  }

  private JsonNode call(String method, JsonNode params) throws DecodeException, RpcFailure {
    return switch (method) {
      case "eth_chainId" -> quantity(900);
      case "eth_getBlockByNumber" -> blockOrNull(byTag(params.get(0)));
      case "eth_getBlockByHash" ->
          blockOrNull(visible(chain.byHash(Json.asHash(params.get(0), "hash"))));
      case "eth_getTransactionByHash" -> transaction(Json.asHash(params.get(0), "hash"));
      case "eth_getTransactionReceipt" -> receipt(Json.asHash(params.get(0), "hash"));
      case "eth_getTransactionCount" ->
          quantity(chain.nonce(Json.asAddress(params.get(0), "address")));
      case "eth_maxPriorityFeePerGas" -> quantity(1_000_000_000L);
      case "eth_blobBaseFee" -> JSON.stringNode(blobBaseFee.toQuantity());
      case "eth_estimateGas" -> quantity(50_000);
      case "eth_call" -> JSON.stringNode(callResult.toHex());
      case "eth_getLogs" -> logs(params.get(0));
      case "eth_sendBundle" -> {
        bundles.add(params.get(0));
        yield JSON.objectNode().put("bundleHash", Hash32.ZERO.toHex());
      }
      case "eth_sendRawTransaction" -> send(Json.asBytes(params.get(0), "raw"));
      default -> throw new RpcFailure(-32601, "the method " + method + " does not exist");
    };
  }

  private long headNumber() {
    return Math.max(0, chain.head().number() - lagBlocks);
  }

  private @Nullable FakeBlock visible(@Nullable FakeBlock block) {
    return block == null || block.number() > headNumber() ? null : block;
  }

  private @Nullable FakeBlock byTag(JsonNode tag) throws DecodeException {
    return switch (tag.asString()) {
      case "latest" -> chain.byNumber(headNumber());
      case "safe", "finalized" -> visible(chain.finalized());
      default -> visible(chain.byNumber(Json.asNumber(tag, "tag")));
    };
  }

  private static JsonNode blockOrNull(@Nullable FakeBlock b) {
    if (b == null) {
      return JSON.nullNode();
    }
    return JSON.objectNode()
        .put("number", "0x" + Long.toHexString(b.number()))
        .put("hash", b.hash().toHex())
        .put("parentHash", b.parentHash().toHex())
        .put("timestamp", "0x" + Long.toHexString(b.timestampSeconds()))
        .put("stateRoot", b.hash().toHex())
        .put("mixHash", b.hash().toHex())
        .put("parentBeaconBlockRoot", Hash32.ZERO.toHex())
        .put("baseFeePerGas", b.baseFee().toQuantity())
        .put("gasLimit", "0x1c9c380")
        .put("gasUsed", "0x0")
        .put("blobGasUsed", "0x0")
        .put("excessBlobGas", "0x" + Long.toHexString(b.excessBlobGas()))
        .put("extraField", "ignored");
  }

  private JsonNode transaction(Hash32 hash) {
    FakeBlock block = visible(chain.blockOf(hash));
    if (block == null) {
      return JSON.nullNode();
    }
    Transaction tx = mined(block, hash).tx();
    ObjectNode out =
        JSON.objectNode()
            .put("hash", hash.toHex())
            .put("type", "0x" + tx.type().id())
            .put("from", String.valueOf(tx.sender()))
            .put("to", tx.to() == null ? null : tx.to().toHex())
            .put("nonce", "0x" + Long.toHexString(tx.nonce()))
            .put("value", tx.value().toQuantity())
            .put("input", tx.data().toHex())
            .put("blockHash", block.hash().toHex())
            .put("blockNumber", "0x" + Long.toHexString(block.number()));
    ArrayNode hashes = out.putArray("blobVersionedHashes");
    tx.blobVersionedHashes().forEach(h -> hashes.add(h.toHex()));
    return out;
  }

  private static Mined mined(FakeBlock block, Hash32 hash) {
    return block.txs().stream().filter(m -> m.tx().hash().equals(hash)).findFirst().orElseThrow();
  }

  private JsonNode receipt(Hash32 hash) {
    FakeBlock block = visible(chain.blockOf(hash));
    if (block == null) {
      return JSON.nullNode();
    }
    Mined mined = mined(block, hash);
    ObjectNode out =
        JSON.objectNode()
            .put("transactionHash", hash.toHex())
            .put("blockHash", block.hash().toHex())
            .put("blockNumber", "0x" + Long.toHexString(block.number()))
            .put("status", mined.success() ? "0x1" : "0x0")
            .put("gasUsed", "0x5208")
            .put("effectiveGasPrice", "0x77359400")
            .put(
                "blobGasUsed",
                "0x" + Integer.toHexString(mined.tx().blobVersionedHashes().size() << 17))
            .put("blobGasPrice", "0x7")
            .putNull("contractAddress");
    out.putArray("logs");
    return out;
  }

  private JsonNode logs(JsonNode filter) throws DecodeException, RpcFailure {
    List<FakeBlock> blocks = new ArrayList<>();
    if (filter.has("blockHash")) {
      FakeBlock block = visible(chain.byHash(Json.hash(filter, "blockHash")));
      if (block == null) {
        throw new RpcFailure(-32000, "unknown block");
      }
      blocks.add(block);
    } else {
      long from = Json.number(filter, "fromBlock");
      long to = Json.number(filter, "toBlock");
      if (to - from + 1 > maxLogRange) {
        throw new RpcFailure(-32600, "block range too large");
      }
      for (long n = from; n <= Math.min(to, headNumber()); n++) {
        blocks.add(Objects.requireNonNull(chain.byNumber(n)));
      }
    }
    Address address = Json.address(filter, "address");
    ArrayNode out = JSON.arrayNode();
    for (FakeBlock block : blocks) {
      int index = 0;
      for (Mined mined : block.txs()) {
        for (Log log : mined.logs()) {
          if (log.address().equals(address)) {
            out.add(logJson(block, mined, log, index));
          }
          index++;
        }
      }
    }
    return out;
  }

  private static ObjectNode logJson(FakeBlock block, Mined mined, Log log, int index) {
    ObjectNode out =
        JSON.objectNode()
            .put("address", log.address().toHex())
            .put("data", log.data().toHex())
            .put("blockNumber", "0x" + Long.toHexString(block.number()))
            .put("blockHash", block.hash().toHex())
            .put("transactionHash", mined.tx().hash().toHex())
            .put("transactionIndex", "0x0")
            .put("logIndex", "0x" + Integer.toHexString(index))
            .put("removed", false);
    ArrayNode topics = out.putArray("topics");
    log.topics().forEach(t -> topics.add(t.toHex()));
    return out;
  }

  private JsonNode send(Bytes raw) throws DecodeException, RpcFailure {
    sentRaw.add(raw);
    Hash32 hash;
    String refusal;
    if (raw.get(0) == 3) {
      if (oldWrappersOnly != (BlobTransaction.wrapperVersion(raw) == 0)) {
        throw new RpcFailure(
            -32602,
            "serialized tx data could not be parsed (Expected "
                + (oldWrappersOnly ? 4 : 5)
                + " values in the deserialized network transaction)");
      }
      BlobTransaction tx = oldWrappersOnly ? OldWrapper.read(raw) : BlobTransaction.decode(raw);
      hash = tx.transaction().hash();
      refusal = chain.offer(tx);
    } else {
      Transaction tx = TransactionCodec.decode(raw);
      hash = tx.hash();
      refusal = chain.offer(tx);
    }
    if (refusal != null) {
      throw new RpcFailure(-32000, refusal);
    }
    return JSON.stringNode(hash.toHex());
  }

  private static JsonNode quantity(long value) {
    return JSON.stringNode("0x" + Long.toHexString(value));
  }
}
