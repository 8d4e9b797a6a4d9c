// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.CallExecutor;
import io.lockstep.execution.block.CallResult;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.precompile.Precompiles;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Calls that are tried and thrown away: eth_call, eth_estimateGas, eth_createAccessList. */
final class CallMethods {
  /** Each round can only add what the last round's warmer accesses uncovered. */
  private static final int MAX_ACCESS_LIST_ROUNDS = 16;

  private final ChainView view;
  private final CallOptions options;
  private final CallPool pool;
  private final BlockExecutor blocks;
  private final CallExecutor executor;

  CallMethods(ChainView view, CallOptions options, CallPool pool, BlockExecutor blocks) {
    this.view = view;
    this.options = options;
    this.pool = pool;
    this.blocks = blocks;
    this.executor = new CallExecutor(blocks);
  }

  void addTo(Map<String, RpcMethod> methods) {
    methods.put("eth_call", params -> inPool(params, this::call));
    methods.put("eth_estimateGas", params -> inPool(params, this::estimate));
    methods.put("eth_createAccessList", params -> inPool(params, this::accessList));
    methods.put("eth_fillTransaction", this::fill);
  }

  /** What all three do with a call once its block is found. */
  private interface Job {
    JsonNode run(CallArgs args, StatePoint at) throws RpcError;
  }

  private JsonNode inPool(JsonNode params, Job job) throws RpcError {
    CallArgs args = CallArgs.parse(Params.required(params, 0), view.chainId());
    BlockParam block = BlockParam.at(params, 1);
    JsonNode stateOverrides = Params.optional(params, 2);
    JsonNode blockOverrides = Params.optional(params, 3);
    StatePoint at = StatePoint.of(view, block).with(view, stateOverrides, blockOverrides);
    return pool.run(() -> job.run(args, at));
  }

  CallResult run(CallArgs args, StatePoint at, @Nullable Long gas, @Nullable Tracer tracer) {
    return run(args, at, gas, tracer, state -> {});
  }

  /** The same; {@code after} sees the state that the call leaves, as long as it looks. */
  CallResult run(
      CallArgs args,
      StatePoint at,
      @Nullable Long gas,
      @Nullable Tracer tracer,
      Consumer<StateReader> after) {
    return executor.call(
        args.request(at.env().baseFeePerGas(), gas),
        at.env(),
        at.state(),
        at.ancestors(view),
        options.callGasCap(),
        at.precompiles(),
        tracer,
        after);
  }

  private JsonNode call(CallArgs args, StatePoint at) throws RpcError {
    return switch (run(args, at, args.gas(), null)) {
      case CallResult.Ran ran when ran.isSuccess() -> RpcJson.bytes(ran.output());
      case CallResult.Ran ran when ran.isRevert() -> throw RevertReason.error(ran.output());
      case CallResult.Ran ran -> throw new RpcError(RpcError.SERVER, ran.error());
      case CallResult.Refused(var reason, String message) ->
          throw new RpcError(RpcError.SERVER, message);
    };
  }

  private JsonNode estimate(CallArgs args, StatePoint at) throws RpcError {
    return Params.quantity(
        new GasEstimate(args, at, options.callGasCap(), gas -> run(args, at, gas, null)).find());
  }

  /** A call made into a transaction that only lacks its signature. */
  private JsonNode fill(JsonNode params) throws RpcError {
    CallArgs args = CallArgs.parse(Params.required(params, 0), view.chainId());
    StatePoint at = StatePoint.of(view, new BlockParam.Tagged(BlockParam.Tag.PENDING));
    return pool.run(() -> {
      CallArgs priced = args.withFees(view.suggestedTipWei(), at.env().baseFeePerGas());
      Long gas = args.gas();
      long nonce = args.nonce() == null ? view.pendingNonce(args.from()) : args.nonce();
      long limit =
          gas == null
              ? new GasEstimate(
                      args, at, options.callGasCap(), wanted -> run(args, at, wanted, null))
                  .find()
              : gas;
      Transaction tx =
          new Transaction(
              priced.unsigned(nonce, limit, view.chainId()),
              new Signature(0, UInt256.ZERO, UInt256.ZERO));
      ObjectNode node = RpcJson.NODES.objectNode().put("raw", tx.encoded().toHex());
      node.set("tx", TransactionJson.of(tx, args.from(), null, 0));
      return node;
    });
  }

  private JsonNode accessList(CallArgs args, StatePoint at) throws RpcError {
    Set<Address> warm = new HashSet<>(Precompiles.of(blocks.fork(at.env())).addresses());
    warm.add(args.from());
    if (args.to() != null) {
      warm.add(args.to());
    }
    List<AccessListEntry> list = args.accessList();
    for (int round = 0; ; round++) {
      CallPool.checkAborted();
      AccessListTracer tracer = new AccessListTracer(warm, list);
      CallResult result = run(args.withAccessList(list), at, args.gas(), tracer);
      List<AccessListEntry> next = tracer.list();
      if (next.equals(list) || round == MAX_ACCESS_LIST_ROUNDS) {
        return accessList(result, list);
      }
      list = next;
    }
  }

  private static JsonNode accessList(CallResult result, List<AccessListEntry> list)
      throws RpcError {
    return switch (result) {
      case CallResult.Ran ran -> {
        ObjectNode node = RpcJson.NODES.objectNode();
        node.set("accessList", TransactionJson.accessList(list));
        if (!ran.isSuccess()) {
          node.put("error", ran.error());
        }
        RpcJson.putQuantity(node, "gasUsed", ran.gasUsed());
        yield node;
      }
      case CallResult.Refused(var reason, String message) ->
          throw new RpcError(RpcError.SERVER, message);
    };
  }

  /** What an account may spend on gas, in gas, when the call names a price. */
  static long affordableGas(CallArgs args, StatePoint at, long cap) throws RpcError {
    UInt256 price = args.gasPrice() != null ? args.gasPrice() : args.maxFeePerGas();
    if (price == null || price.isZero()) {
      return cap;
    }
    var account = at.state().account(args.from());
    UInt256 balance = account == null ? UInt256.ZERO : account.balance();
    if (balance.compareTo(args.value()) < 0) {
      throw new RpcError(RpcError.SERVER, "insufficient funds for transfer");
    }
    return Math.min(cap, balance.subtract(args.value()).divide(price).toLongSaturated());
  }
}
