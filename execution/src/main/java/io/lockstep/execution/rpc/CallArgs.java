// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.CallRequest;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A call as it stands in the parameters of eth_call and its like, taken apart. Unknown fields are
 * let pass, as common clients do.
 *
 * @param nonce null when it was not given
 * @param gasPrice of the legacy kind; null when it was not given
 * @param maxFeePerGas null when it was not given
 */
record CallArgs(
    Address from,
    @Nullable Address to,
    @Nullable Long nonce,
    @Nullable Long gas,
    @Nullable UInt256 gasPrice,
    @Nullable UInt256 maxFeePerGas,
    UInt256 maxPriorityFeePerGas,
    UInt256 maxFeePerBlobGas,
    UInt256 value,
    Bytes data,
    List<AccessListEntry> accessList,
    List<Hash32> blobHashes,
    List<Authorization> authorizations) {
  private static final int MAX_LIST = 10_000;

  static CallArgs parse(JsonNode call, UInt256 chainId) throws RpcError {
    if (!call.isObject()) {
      throw RpcError.invalidParams("invalid argument 0: expected a call object");
    }
    UInt256 gasPrice = quantity(call, "gasPrice");
    UInt256 maxFee = quantity(call, "maxFeePerGas");
    UInt256 tip = quantity(call, "maxPriorityFeePerGas");
    if (gasPrice != null && (maxFee != null || tip != null)) {
      throw new RpcError(
          RpcError.SERVER, "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
    }
    if (maxFee != null && tip != null && maxFee.compareTo(tip) < 0) {
      throw new RpcError(
          RpcError.SERVER, "maxFeePerGas (" + maxFee + ") < maxPriorityFeePerGas (" + tip + ")");
    }
    UInt256 asked = quantity(call, "chainId");
    if (asked != null && !asked.equals(chainId)) {
      throw new RpcError(
          RpcError.SERVER,
          "chainId does not match node's (have=" + asked + ", want=" + chainId + ")");
    }
    JsonNode from = field(call, "from");
    JsonNode to = field(call, "to");
    UInt256 gas = quantity(call, "gas");
    UInt256 nonce = quantity(call, "nonce");
    UInt256 blobFee = quantity(call, "maxFeePerBlobGas");
    UInt256 value = quantity(call, "value");
    return new CallArgs(
        from == null ? Address.ZERO : Params.address(from, "from"),
        to == null ? null : Params.address(to, "to"),
        nonce == null ? null : Long.valueOf(nonce.limb(0)),
        gas == null ? null : Long.valueOf(gas.toLongSaturated()),
        gasPrice,
        maxFee,
        tip == null ? UInt256.ZERO : tip,
        blobFee == null ? UInt256.ZERO : blobFee,
        value == null ? UInt256.ZERO : value,
        data(call),
        accessList(field(call, "accessList")),
        blobHashes(field(call, "blobVersionedHashes")),
        authorizations(field(call, "authorizationList")));
  }

  /** The request at a block's base fee; without any fee field it runs without fees. */
  CallRequest request(UInt256 baseFee, @Nullable Long gasLimit) {
    return new CallRequest(
        from, to, gasLimit, price(baseFee), value, data, accessList, blobHashes, authorizations);
  }

  /** The transaction that this call is, of the type that its fields ask for. */
  Transaction.Unsigned unsigned(long nonceOrDefault, long gasLimit, UInt256 chainId) {
    TransactionType type;
    if (!authorizations.isEmpty()) {
      type = TransactionType.SET_CODE;
    } else if (!blobHashes.isEmpty()) {
      type = TransactionType.BLOB;
    } else if (gasPrice == null) {
      type = TransactionType.FEE_MARKET;
    } else {
      type = accessList.isEmpty() ? TransactionType.LEGACY : TransactionType.ACCESS_LIST;
    }
    UInt256 cap = maxFeePerGas == null ? UInt256.ZERO : maxFeePerGas;
    return new Transaction.Unsigned(
        type,
        type == TransactionType.LEGACY ? null : chainId,
        nonceOrDefault,
        gasPrice == null ? maxPriorityFeePerGas : gasPrice,
        gasPrice == null ? cap : gasPrice,
        gasLimit,
        to,
        value,
        data,
        accessList,
        maxFeePerBlobGas,
        blobHashes,
        authorizations);
  }

  /** The same with the fees that are missing: twice the base fee, and a tip. */
  CallArgs withFees(UInt256 suggestedTip, UInt256 baseFee) {
    if (gasPrice != null || maxFeePerGas != null) {
      return this;
    }
    UInt256 tip = maxPriorityFeePerGas.isZero() ? suggestedTip : maxPriorityFeePerGas;
    return new CallArgs(
        from,
        to,
        nonce,
        gas,
        null,
        baseFee.add(baseFee).add(tip),
        tip,
        maxFeePerBlobGas,
        value,
        data,
        accessList,
        blobHashes,
        authorizations);
  }

  CallArgs withAccessList(List<AccessListEntry> list) {
    return new CallArgs(
        from,
        to,
        nonce,
        gas,
        gasPrice,
        maxFeePerGas,
        maxPriorityFeePerGas,
        maxFeePerBlobGas,
        value,
        data,
        list,
        blobHashes,
        authorizations);
  }

  UInt256 price(UInt256 baseFee) {
    if (gasPrice != null) {
      return gasPrice;
    }
    if (maxFeePerGas == null || maxFeePerGas.isZero()) {
      return UInt256.ZERO;
    }
    return baseFee.addOverflows(maxPriorityFeePerGas)
        ? maxFeePerGas
        : baseFee.add(maxPriorityFeePerGas).min(maxFeePerGas);
  }

  private static @Nullable JsonNode field(JsonNode call, String name) {
    JsonNode value = call.get(name);
    return value == null || value.isNull() ? null : value;
  }

  private static @Nullable UInt256 quantity(JsonNode call, String name) throws RpcError {
    JsonNode value = field(call, name);
    return value == null ? null : Params.quantity(value, name);
  }

  private static Bytes data(JsonNode call) throws RpcError {
    JsonNode input = field(call, "input");
    JsonNode data = field(call, "data");
    if (input != null && data != null) {
      Bytes both = Params.bytes(input, "input");
      if (!both.equals(Params.bytes(data, "data"))) {
        throw new RpcError(
            RpcError.SERVER,
            "both \"data\" and \"input\" are set and not equal."
                + " Please use \"input\" to pass transaction call data");
      }
      return both;
    }
    if (input != null) {
      return Params.bytes(input, "input");
    }
    return data == null ? Bytes.EMPTY : Params.bytes(data, "data");
  }

  static List<AccessListEntry> accessList(@Nullable JsonNode list) throws RpcError {
    List<AccessListEntry> entries = new ArrayList<>();
    for (JsonNode each : array(list, "accessList")) {
      List<Hash32> keys = new ArrayList<>();
      for (JsonNode key : array(field(each, "storageKeys"), "storageKeys")) {
        keys.add(Params.hash(key, "storageKeys"));
      }
      entries.add(
          new AccessListEntry(Params.address(each.path("address"), "accessList address"), keys));
    }
    return entries;
  }

  private static List<Hash32> blobHashes(@Nullable JsonNode list) throws RpcError {
    List<Hash32> hashes = new ArrayList<>();
    for (JsonNode each : array(list, "blobVersionedHashes")) {
      hashes.add(Params.hash(each, "blobVersionedHashes"));
    }
    return hashes;
  }

  private static List<Authorization> authorizations(@Nullable JsonNode list) throws RpcError {
    List<Authorization> all = new ArrayList<>();
    for (JsonNode each : array(list, "authorizationList")) {
      JsonNode parity = each.has("yParity") ? each.path("yParity") : each.path("v");
      all.add(
          new Authorization(
              Params.quantity(each.path("chainId"), "authorization chainId"),
              Params.address(each.path("address"), "authorization address"),
              Params.quantity(each.path("nonce"), "authorization nonce").limb(0),
              Params.quantity(parity, "authorization yParity"),
              Params.quantity(each.path("r"), "authorization r"),
              Params.quantity(each.path("s"), "authorization s")));
    }
    return all;
  }

  private static JsonNode array(@Nullable JsonNode list, String name) throws RpcError {
    if (list == null) {
      return RpcJson.NODES.arrayNode();
    }
    if (!list.isArray() || list.size() > MAX_LIST) {
      throw RpcError.invalidParams(name + ": expected an array of at most " + MAX_LIST);
    }
    return list;
  }
}
