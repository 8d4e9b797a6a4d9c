// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.preconf.verify.BlockSource;
import io.lockstep.preconf.verify.StateProof;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Blocks and states as any node's JSON-RPC shows them. One thread. */
final class ShownByNode implements BlockSource {
  private final RpcCaller node;

  ShownByNode(RpcCaller node) {
    this.node = node;
  }

  @Override
  public Optional<Bytes> header(Hash32 blockHash) throws IOException, DecodeException {
    Optional<JsonNode> answer = ask("debug_getRawHeader", blockHash.toHex());
    return answer.isEmpty() ? Optional.empty() : Optional.of(bytes(answer.get()));
  }

  @Override
  public Optional<Bytes> block(Hash32 blockHash) throws IOException, DecodeException {
    Optional<JsonNode> answer = ask("debug_getRawBlock", blockHash.toHex());
    return answer.isEmpty() ? Optional.empty() : Optional.of(bytes(answer.get()));
  }

  @Override
  public Optional<List<Bytes>> receipts(Hash32 blockHash) throws IOException, DecodeException {
    Optional<JsonNode> answer = ask("debug_getRawReceipts", blockHash.toHex());
    return answer.isEmpty() ? Optional.empty() : Optional.of(list(answer.get()));
  }

  @Override
  public Optional<StateProof> proof(Hash32 blockHash, Address account, @Nullable Hash32 slot)
      throws IOException, DecodeException {
    Optional<JsonNode> answer =
        ask(
            "eth_getProof",
            account.toHex(),
            slot == null ? List.of() : List.of(slot.toHex()),
            Map.of("blockHash", blockHash.toHex()));
    if (answer.isEmpty()) {
      return Optional.empty();
    }
    JsonNode words = answer.get().path("storageProof");
    return Optional.of(
        new StateProof(
            list(answer.get().path("accountProof")),
            slot == null ? List.of() : list(words.path(0).path("proof"))));
  }

  @Override
  public Optional<Long> blockOf(Hash32 txHash) throws IOException, DecodeException {
    Optional<JsonNode> answer = ask("eth_getTransactionByHash", txHash.toHex());
    JsonNode number = answer.isEmpty() ? null : answer.get().get("blockNumber");
    if (number == null || number.isNull()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Params.number(number, "blockNumber"));
    } catch (RpcError e) {
      throw new DecodeException(e.text(), e);
    }
  }

  private static List<Bytes> list(JsonNode answer) throws DecodeException {
    if (!answer.isArray()) {
      throw new DecodeException("an answer that is not a list");
    }
    List<Bytes> out = new ArrayList<>();
    for (JsonNode one : answer) {
      out.add(bytes(one));
    }
    return out;
  }

  /** Empty when the node answers that it does not have it. */
  private Optional<JsonNode> ask(String method, Object... params) throws IOException {
    try {
      JsonNode answer = node.call(method, params);
      return answer.isNull() ? Optional.empty() : Optional.of(answer);
    } catch (RpcCaller.Answered e) {
      return Optional.empty();
    }
  }

  private static Bytes bytes(JsonNode answer) throws DecodeException {
    try {
      return Params.bytes(answer, "answer");
    } catch (RpcError e) {
      throw new DecodeException(e.text(), e);
    }
  }
}
