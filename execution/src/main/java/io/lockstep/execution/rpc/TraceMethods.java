// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.CallResult;
import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.journal.Overlay;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs transactions once more and tells what they did: {@code debug_trace*}. */
final class TraceMethods {
  private final ChainView view;
  private final CallPool pool;
  private final BlockExecutor executor;
  private final CallMethods calls;

  TraceMethods(ChainView view, CallPool pool, BlockExecutor executor, CallMethods calls) {
    this.view = view;
    this.pool = pool;
    this.executor = executor;
    this.calls = calls;
  }

  void addTo(Map<String, RpcMethod> methods) {
    methods.put("debug_traceTransaction", this::transaction);
    methods.put(
        "debug_traceBlockByNumber", params -> block(BlockParam.requiredAt(params, 0), params));
    methods.put("debug_traceBlockByHash", params -> block(BlockMethods.hashed(params), params));
    methods.put("debug_traceCall", this::call);
  }

  private JsonNode transaction(JsonNode params) throws RpcError {
    Hash32 hash = Params.hash(Params.required(params, 0), "invalid argument 0");
    TraceOptions options = TraceOptions.parse(Params.optional(params, 1));
    if (!(TxPlace.find(view, hash) instanceof TxPlace.Included at)) {
      throw new RpcError(RpcError.SERVER, "transaction not found");
    }
    ChainView.OpenPart open = at.open();
    BlockEnv env = open == null ? sealedEnv(at.in().blockHash()) : open.env();
    return pool.run(() -> {
      Replay replay = replay(env);
      for (Transaction before : at.transactions().subList(0, at.index())) {
        CallPool.checkAborted();
        rerun(replay.block(), before, null);
      }
      return trace(replay, at.transaction(), options, new TraceBudget());
    });
  }

  private BlockEnv sealedEnv(Hash32 hash) throws RpcError {
    Block block = view.block(hash);
    if (block == null) {
      throw new RpcError(RpcError.SERVER, "block " + hash + " not found");
    }
    return StatePoint.env(block.header());
  }

  private JsonNode block(BlockParam at, JsonNode params) throws RpcError {
    TraceOptions options = TraceOptions.parse(Params.optional(params, 1));
    Hash32 hash = at.sealedHash(view);
    Block block = hash == null ? null : view.block(hash);
    if (block == null) {
      throw new RpcError(
          RpcError.SERVER,
          switch (at) {
            case BlockParam.Hashed(Hash32 asked, boolean canonical) ->
                "block " + asked + " not found";
            case BlockParam.Numbered(long number) -> "block #" + number + " not found";
            case BlockParam.Tagged tagged -> "block not found";
          });
    }
    if (block.header().number() == view.genesis().number()) {
      throw new RpcError(RpcError.SERVER, "genesis is not traceable");
    }
    return pool.run(() -> {
      Replay open = replay(StatePoint.env(block.header()));
      TraceBudget budget = new TraceBudget();
      ArrayNode traces = RpcJson.NODES.arrayNode();
      for (Transaction tx : block.transactions()) {
        CallPool.checkAborted();
        ObjectNode entry = traces.addObject().put("txHash", tx.hash().toHex());
        entry.set("result", trace(open, tx, options, budget));
      }
      return traces;
    });
  }

  private JsonNode call(JsonNode params) throws RpcError {
    CallArgs args = CallArgs.parse(Params.required(params, 0), view.chainId());
    StatePoint found = StatePoint.of(view, BlockParam.at(params, 1));
    JsonNode given = Params.optional(params, 2);
    TraceOptions options = TraceOptions.parse(given);
    JsonNode overrides = given == null ? null : given.get("stateOverrides");
    JsonNode blockOverrides = given == null ? null : given.get("blockOverrides");
    StatePoint at = found.with(view, overrides, blockOverrides);
    return pool.run(() -> traceCall(args, at, options));
  }

  private JsonNode traceCall(CallArgs args, StatePoint at, TraceOptions options) throws RpcError {
    List<Address> outside = outside(args.from(), at.env(), args.authorizations());
    Recording recording = new Recording(options, new TraceBudget(), outside);
    StateReader[] after = {at.state()};
    CallResult result =
        calls.run(args, at, args.gas(), recording.tracer(), state -> after[0] = state);
    return switch (result) {
      case CallResult.Ran ran -> {
        long gas = args.gas() == null ? ran.gasSpent() : args.gas();
        yield recording.answer(
            new Recording.End(gas, ran.gasUsed(), ran.isSuccess(), ran.output()),
            at.state(),
            after[0]);
      }
      case CallResult.Refused(var reason, String message) ->
          throw new RpcError(RpcError.SERVER, message);
    };
  }

  private static List<Address> outside(
      @Nullable Address sender, BlockEnv env, List<Authorization> authorizations) {
    List<Address> outside = new ArrayList<>();
    outside.add(env.coinbase());
    if (sender != null) {
      outside.add(sender);
    }
    for (Authorization each : authorizations) {
      Address authority = each.authority();
      if (authority != null) {
        outside.add(authority);
      }
    }
    return outside;
  }

  /** A block that is run again, and the state below it. */
  private record Replay(OpenBlock block, StateReader parent) {}

  /** The block as it was before its first transaction. */
  private Replay replay(BlockEnv env) throws RpcError {
    StateReader parent = view.stateAt(env.parentHash());
    if (parent == null) {
      throw RpcError.pruned("the state before block " + env.number());
    }
    return new Replay(executor.open(env, parent, view.ancestors(env.parentHash())), parent);
  }

  private static TxOutcome.Included rerun(
      OpenBlock block, Transaction tx, @Nullable Tracer tracer) {
    return switch (block.execute(tx, tracer)) {
      case TxOutcome.Included included -> included;
      case TxOutcome.Refused(var reason, String message) ->
          throw new IllegalStateException(
              "transaction " + tx.hash() + " of the chain is refused when run again: " + message);
    };
  }

  private static JsonNode trace(
      Replay replay, Transaction tx, TraceOptions options, TraceBudget budget) throws RpcError {
    OpenBlock block = replay.block();
    List<Address> outside = outside(TransactionJson.sender(tx), block.env(), tx.authorizations());
    Recording recording = new Recording(options, budget, outside);
    StateReader before =
        recording.readsStates() ? new Overlay(replay.parent(), block.diff()) : replay.parent();
    TxOutcome.Included done = rerun(block, tx, recording.tracer());
    return recording.answer(
        new Recording.End(tx.gasLimit(), done.gasUsed(), done.receipt().success(), done.output()),
        before,
        block.state());
  }
}
