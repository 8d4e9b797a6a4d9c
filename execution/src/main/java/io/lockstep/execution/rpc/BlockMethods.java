// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Blocks by number and hash. An unknown block is null. */
final class BlockMethods {
  /** execution-apis: a resource that is not there. */
  private static final int NOT_FOUND = -32_001;

  private final ChainView view;

  BlockMethods(ChainView view) {
    this.view = view;
  }

  void addTo(Map<String, RpcMethod> methods) {
    methods.put("eth_blockNumber", params -> Params.quantity(view.latest().number()));
    methods.put(
        "eth_getBlockByNumber",
        params -> block(BlockParam.requiredAt(params, 0), Params.optional(params, 1)));
    methods.put("eth_getBlockByHash", params -> block(hashed(params), Params.optional(params, 1)));
    methods.put("eth_getHeaderByNumber", params -> header(BlockParam.requiredAt(params, 0)));
    methods.put("eth_getHeaderByHash", params -> header(hashed(params)));
    methods.put("eth_getBlockAccessList", params -> accessList(BlockParam.requiredAt(params, 0)));
    methods.put(
        "debug_getRawBlockAccessList", params -> accessList(BlockParam.requiredAt(params, 0)));
    methods.put(
        "eth_getBlockTransactionCountByNumber",
        params -> transactionCount(BlockParam.requiredAt(params, 0)));
    methods.put("eth_getBlockTransactionCountByHash", params -> transactionCount(hashed(params)));
    methods.put("eth_getBlockReceipts", params -> receipts(BlockParam.requiredAt(params, 0)));
    methods.put(
        "eth_getUncleCountByBlockNumber", params -> uncleCount(BlockParam.requiredAt(params, 0)));
    methods.put("eth_getUncleCountByBlockHash", params -> uncleCount(hashed(params)));
    methods.put(
        "eth_getUncleByBlockNumberAndIndex",
        params -> uncle(BlockParam.requiredAt(params, 0), params));
    methods.put("eth_getUncleByBlockHashAndIndex", params -> uncle(hashed(params), params));
  }

  static BlockParam hashed(JsonNode params) throws RpcError {
    return new BlockParam.Hashed(
        Params.hash(Params.required(params, 0), "invalid argument 0"), false);
  }

  private JsonNode block(BlockParam at, @Nullable JsonNode full) throws RpcError {
    if (full != null && !full.isBoolean()) {
      throw RpcError.invalidParams("invalid argument 1: expected a boolean");
    }
    boolean whole = full != null && full.asBoolean();
    ChainView.OpenPart open = at.isPending() ? view.open() : null;
    if (open != null) {
      return BlockJson.open(view.forks(), open.env(), open.transactions(), open.receipts(), whole);
    }
    Hash32 hash = at.sealedHash(view);
    Block block = hash == null ? null : view.block(hash);
    return hash == null || block == null
        ? RpcJson.nothing()
        : BlockJson.block(view.forks(), block, hash, whole);
  }

  /** What is open has no header yet. */
  private JsonNode header(BlockParam at) throws RpcError {
    Hash32 hash = at.isPending() ? null : at.sealedHash(view);
    BlockHeader header = hash == null ? null : view.header(hash);
    return hash == null || header == null ? RpcJson.nothing() : BlockJson.header(header, hash);
  }

  /** Access lists of blocks (EIP-7928) begin with a fork that no chain here has. */
  private JsonNode accessList(BlockParam at) throws RpcError {
    Block block = sealed(at);
    if (block != null) {
      throw new RpcError(
          NOT_FOUND, "block " + block.header().number() + " has no access list (EIP-7928)");
    }
    return RpcJson.nothing();
  }

  private @Nullable Block sealed(BlockParam at) throws RpcError {
    Hash32 hash = at.sealedHash(view);
    return hash == null ? null : view.block(hash);
  }

  private JsonNode transactionCount(BlockParam at) throws RpcError {
    ChainView.OpenPart open = at.isPending() ? view.open() : null;
    if (open != null) {
      return Params.quantity(open.transactions().size());
    }
    Block block = sealed(at);
    return block == null ? RpcJson.nothing() : Params.quantity(block.transactions().size());
  }

  private JsonNode receipts(BlockParam at) throws RpcError {
    ChainView.OpenPart open = at.isPending() ? view.open() : null;
    if (open != null) {
      return ReceiptJson.all(
          Inclusion.open(view.forks(), open.env()), open.transactions(), open.receipts());
    }
    Hash32 hash = at.sealedHash(view);
    Block block = hash == null ? null : view.block(hash);
    List<Receipt> receipts = hash == null ? null : view.receipts(hash);
    return hash == null || block == null || receipts == null
        ? RpcJson.nothing()
        : ReceiptJson.all(
            Inclusion.sealed(view.forks(), block.header(), hash), block.transactions(), receipts);
  }

  private JsonNode uncleCount(BlockParam at) throws RpcError {
    Block block = sealed(at);
    return block == null ? RpcJson.nothing() : Params.quantity(block.ommers().size());
  }

  private JsonNode uncle(BlockParam at, JsonNode params) throws RpcError {
    long index = Params.number(Params.required(params, 1), "invalid argument 1");
    Block block = sealed(at);
    if (block == null || index >= block.ommers().size()) {
      return RpcJson.nothing();
    }
    BlockHeader ommer = block.ommers().get((int) index);
    return BlockJson.header(ommer, ommer.hash());
  }
}
