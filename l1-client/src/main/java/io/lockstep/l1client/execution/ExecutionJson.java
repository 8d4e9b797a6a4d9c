// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.execution;

import io.lockstep.l1client.http.Json;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads execution-apis objects. Total: any JSON gives a value or a DecodeException. */
final class ExecutionJson {
  static final int MAX_LOGS = 100_000;

  private static final int MAX_TRANSACTIONS = 100_000;
  private static final int MAX_TOPICS = 4;
  private static final int MAX_BLOB_HASHES = 128;

  private ExecutionJson() {}

  static L1Block block(JsonNode b) throws DecodeException {
    return new L1Block(
        new BlockRef(
            Json.number(b, "number"),
            Json.hash(b, "hash"),
            Json.hash(b, "parentHash"),
            Json.number(b, "timestamp")),
        Json.hash(b, "stateRoot"),
        Json.hash(b, "mixHash"),
        Json.optional(b, "parentBeaconBlockRoot") == null
            ? Hash32.ZERO
            : Json.hash(b, "parentBeaconBlockRoot"),
        Json.optional(b, "baseFeePerGas") == null
            ? UInt256.ZERO
            : Json.quantity(b, "baseFeePerGas"),
        Json.number(b, "gasLimit"),
        Json.number(b, "gasUsed"),
        Json.numberOr(b, "blobGasUsed", 0),
        Json.numberOr(b, "excessBlobGas", 0));
  }

  static List<L1Log> logs(JsonNode array) throws DecodeException {
    if (!array.isArray()) {
      throw new DecodeException("logs are not an array");
    }
    if (array.size() > MAX_LOGS) {
      throw new DecodeException(array.size() + " logs, limit " + MAX_LOGS);
    }
    List<L1Log> logs = new ArrayList<>(array.size());
    for (JsonNode entry : array) {
      logs.add(log(entry));
    }
    return logs;
  }

  private static L1Log log(JsonNode entry) throws DecodeException {
    if (Json.truth(entry, "removed", false)) {
      throw new DecodeException("a log that was removed by a reorg");
    }
    List<Hash32> topics = new ArrayList<>();
    for (JsonNode topic : Json.array(entry, "topics", MAX_TOPICS)) {
      topics.add(Json.asHash(topic, "topic"));
    }
    return new L1Log(
        new Log(Json.address(entry, "address"), topics, Json.bytes(entry, "data")),
        Json.number(entry, "blockNumber"),
        Json.hash(entry, "blockHash"),
        Json.hash(entry, "transactionHash"),
        index(entry, "transactionIndex"),
        index(entry, "logIndex"));
  }

  private static int index(JsonNode entry, String field) throws DecodeException {
    long index = Json.number(entry, field);
    if (index > Integer.MAX_VALUE) {
      throw new DecodeException(field + " is " + index);
    }
    return (int) index;
  }

  static L1Transaction transaction(JsonNode t) throws DecodeException {
    List<Hash32> hashes = new ArrayList<>();
    if (Json.optional(t, "blobVersionedHashes") != null) {
      for (JsonNode hash : Json.array(t, "blobVersionedHashes", MAX_BLOB_HASHES)) {
        hashes.add(Json.asHash(hash, "blob versioned hash"));
      }
    }
    boolean mined = Json.optional(t, "blockHash") != null;
    return new L1Transaction(
        Json.hash(t, "hash"),
        (int) Json.numberOr(t, "type", 0),
        Json.address(t, "from"),
        addressOrNull(t, "to"),
        Json.number(t, "nonce"),
        Json.quantity(t, "value"),
        Json.bytes(t, "input"),
        hashes,
        mined ? Json.hash(t, "blockHash") : null,
        mined ? Json.number(t, "blockNumber") : -1);
  }

  /** Of a block that was asked for with its transactions. */
  static List<L1Transaction> transactions(JsonNode block) throws DecodeException {
    List<L1Transaction> out = new ArrayList<>();
    for (JsonNode entry : Json.array(block, "transactions", MAX_TRANSACTIONS)) {
      out.add(transaction(entry));
    }
    return out;
  }

  static L1Receipt receipt(JsonNode r) throws DecodeException {
    return new L1Receipt(
        Json.hash(r, "transactionHash"),
        Json.hash(r, "blockHash"),
        Json.number(r, "blockNumber"),
        Json.number(r, "status") == 1,
        Json.number(r, "gasUsed"),
        Json.optional(r, "effectiveGasPrice") == null
            ? UInt256.ZERO
            : Json.quantity(r, "effectiveGasPrice"),
        Json.numberOr(r, "blobGasUsed", 0),
        Json.optional(r, "blobGasPrice") == null ? UInt256.ZERO : Json.quantity(r, "blobGasPrice"),
        addressOrNull(r, "contractAddress"),
        logs(Json.array(r, "logs", MAX_LOGS)));
  }

  private static @Nullable Address addressOrNull(JsonNode object, String field)
      throws DecodeException {
    return Json.optional(object, field) == null ? null : Json.address(object, field);
  }
}
