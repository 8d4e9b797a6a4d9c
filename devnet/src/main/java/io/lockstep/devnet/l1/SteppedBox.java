// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.l1.BlockMaker.FeeSpike;
import io.lockstep.preconf.wire.EventSink;
import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The L1 in a box inside the caller's process and on the caller's thread: no sockets, no clock, no
 * disk of its own. Requests are the bytes that would go over HTTP and meet the same handlers. For
 * simulations. One thread.
 */
public final class SteppedBox implements AutoCloseable {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final BoxCore core;
  private final BoxRpc rpc;
  private final Map<String, RpcMethod> methods;
  private final Routes routes;

  private SteppedBox(BoxCore core, BlobProofs proofs) {
    this.core = core;
    this.rpc = new BoxRpc(core.chain(), core.genesis(), proofs, () -> {});
    core.heads().add(rpc::onHead);
    this.methods = rpc.endpoint().methods();
    this.routes = core.beaconRoutes(() -> null);
  }

  /** The columns that the store handed in must have. */
  public static List<Column> columns() {
    return BoxCore.columns();
  }

  /**
   * Goes on with what the store holds, or begins.
   *
   * @param options {@link BoxOptions#stepped}; folder and ports are not used
   * @param proofs how blobs are bound to their transactions
   */
  public static SteppedBox open(BoxOptions options, KeyValueStore store, BlobProofs proofs) {
    if (!options.manual()) {
      throw new IllegalArgumentException("this box is stepped by hand: BoxOptions.stepped");
    }
    return new SteppedBox(BoxCore.open(options, store), proofs);
  }

  /** A JSON-RPC request and its answer. */
  public byte[] rpc(byte[] request) {
    JsonNode call;
    try {
      call = MAPPER.readTree(request);
    } catch (JacksonException e) {
      return error(MissingNode.getInstance(), new RpcError(RpcError.PARSE, "not JSON"));
    }
    JsonNode id = call.path("id");
    try {
      return MAPPER.writeValueAsBytes(
          answer(id).set("result", call(call.path("method").asString(""), call.path("params"))));
    } catch (RpcError e) {
      return error(id, e);
    }
  }

  /** One JSON-RPC method. */
  public JsonNode call(String method, JsonNode params) throws RpcError {
    RpcMethod found = methods.get(method);
    if (found == null) {
      throw new RpcError(RpcError.METHOD_NOT_FOUND, "the method " + method + " does not exist");
    }
    return found.call(params);
  }

  private static ObjectNode answer(JsonNode id) {
    ObjectNode out = MAPPER.createObjectNode().put("jsonrpc", "2.0");
    out.set("id", id.isMissingNode() ? MAPPER.nullNode() : id);
    return out;
  }

  private static byte[] error(JsonNode id, RpcError error) {
    ObjectNode out = answer(id);
    ObjectNode shown = out.putObject("error").put("code", error.code());
    shown.put("message", error.text());
    if (error.data() != null) {
      shown.set("data", error.data());
    }
    return MAPPER.writeValueAsBytes(out);
  }

  /** A GET of the beacon API. */
  public HttpReply.Content get(URI uri, String accept) {
    return switch (routes.answer("GET", uri, Map.of("accept", accept), Bytes.EMPTY)) {
      case HttpReply.Content content -> content;
      case HttpReply.EventStream _ -> HttpReply.error(400, "an event stream: use events()");
    };
  }

  /** Opens an event stream with all topics; the sink is called on the thread that steps the box. */
  public void events(EventSink sink) {
    URI uri = URI.create("/eth/v1/events?topics=head,chain_reorg,finalized_checkpoint");
    if (routes.answer("GET", uri, Map.of(), Bytes.EMPTY) instanceof HttpReply.EventStream stream) {
      stream.onOpen().accept(sink);
    } else {
      throw new IllegalStateException("the box has no event stream");
    }
  }

  /** Gives the next slot its turn. */
  public void produceSlot() {
    core.chain().nextTurn();
  }

  /** The next {@code slots} slots are missed. */
  public void skip(int slots) {
    core.chain().skip(slots);
  }

  /** The head stands still for so many slots, then their blocks come at once. */
  public void stall(int slots) {
    core.chain().stall(slots);
  }

  /**
   * Lets the next block stand on the head's {@code depth}-th ancestor.
   *
   * @throws IllegalArgumentException when that would undo a finalized block
   */
  public void reorg(int depth, boolean dropTransactions) {
    core.chain().reorg(depth, dropTransactions);
  }

  /** The next block has these fees; null leaves one as the rules have it. */
  public void spike(@Nullable UInt256 baseFeeWei, @Nullable UInt256 blobBaseFeeWei) {
    core.chain().spike(new FeeSpike(baseFeeWei, blobBaseFeeWei));
  }

  /** Sets the proposers of an epoch to come. */
  public void proposers(long epoch, List<Integer> order) {
    core.chain().script(epoch, order);
  }

  /** The L1's time. */
  public SlotClock clock() {
    return core.chain().clock();
  }

  public long currentSlot() {
    return core.chain().view().currentSlot();
  }

  public long headNumber() {
    return core.chain().view().head().executionNumber();
  }

  public Hash32 headHash() {
    return core.chain().view().head().executionHash();
  }

  /** Validator indices of an epoch's proposers, as known now. */
  public List<Integer> proposersOf(long epoch) {
    return core.chain().beacon().lookahead(epoch).subList(0, BoxOptions.SLOTS_PER_EPOCH);
  }

  /** The canonical block's hash, or null above the head. */
  public @Nullable Hash32 canonicalHash(long number) {
    return core.chainDb().canonicalHash(number);
  }

  @Override
  public void close() {
    rpc.close();
    core.chainDb().close();
  }
}
