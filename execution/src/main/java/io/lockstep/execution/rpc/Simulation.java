// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.block.UnsignedBlock;
import io.lockstep.execution.block.UnsignedBlock.Result;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.journal.Overlay;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.precompile.Precompiles;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One {@code eth_simulateV1} while its blocks are made. One thread. */
final class Simulation {
  private static final Signature NOBODY = new Signature(0, UInt256.ZERO, UInt256.ZERO);

  /** Codes of execution-apis. */
  private static final int RUN_FAILED = -32_015;

  private static final int NONCE_TOO_LOW = -38_010;
  private static final int NONCE_TOO_HIGH = -38_011;
  private static final int FEE_BELOW_BASE_FEE = -38_012;
  private static final int INTRINSIC_GAS = -38_013;
  private static final int INSUFFICIENT_FUNDS = -38_014;
  private static final int BLOCK_GAS_LIMIT = -38_015;
  private static final int INIT_CODE_TOO_LARGE = -38_025;

  private static final int MAX_WITHDRAWALS = 16;

  private final ChainView view;
  private final BlockExecutor executor;
  private final SimulateMethod.Mode mode;
  private final Hash32 baseHash;
  private final StateReader base;
  private final LongFunction<Hash32> ancestors;
  private final long baseNumber;
  private final Map<Long, Hash32> hashes = new HashMap<>();

  private StateDiff sinceBase = StateDiff.EMPTY;
  private BlockHeader parent;
  private Hash32 parentHash;
  private long gasLeft;
  private int nextLog;

  /**
   * @param gasCap gas that all calls together may use
   * @param base the state after the block that the first one stands on
   */
  Simulation(
      ChainView view,
      BlockExecutor executor,
      long gasCap,
      SimulateMethod.Mode mode,
      Hash32 baseHash,
      BlockHeader baseHeader,
      StateReader base) {
    this.view = view;
    this.executor = executor;
    this.gasLeft = gasCap;
    this.mode = mode;
    this.baseHash = baseHash;
    this.base = base;
    this.ancestors = view.ancestors(baseHash);
    this.baseNumber = baseHeader.number();
    this.parent = baseHeader;
    this.parentHash = baseHash;
  }

  /** A call that ran: its transaction, who sent it, and what it logged as the caller sees it. */
  private record Done(
      Transaction tx, Address sender, Result.Ran ran, List<LogTracer.Numbered> logs) {}

  /** Makes the next block and tells it. */
  ObjectNode next(SimulatedPlan plan) throws RpcError {
    BlockEnv env = env(plan);
    Fork fork = StatePoint.fork(view, env);
    StateOverrides overrides =
        StateOverrides.read(plan.stateOverrides(), state(), Precompiles.of(fork));
    sinceBase = sinceBase.then(overrides.diff());
    UnsignedBlock block =
        new UnsignedBlock(
            executor,
            env,
            state(),
            this::blockHash,
            overrides.precompiles(),
            BlockOverrides.quantity(plan.blockOverrides(), "blobBaseFee", "blobBaseFee"),
            mode.validates());
    List<Done> calls = new ArrayList<>();
    nextLog = 0;
    for (JsonNode call : plan.calls()) {
      CallPool.checkAborted();
      calls.add(run(block, env, call));
    }
    ExecutedBlock executed = block.finish(withdrawals(plan.blockOverrides(), fork));
    if (executed == null) {
      throw new RpcError(RpcError.INTERNAL, "a system contract of the fork is missing or fails");
    }
    sinceBase = sinceBase.then(executed.diff());
    Hash32 root = view.stateRoot(baseHash, sinceBase);
    if (root == null) {
      throw RpcError.pruned("the state of block " + baseNumber);
    }
    parent =
        BlockRules.seal(executed, root, fork.isAtLeast(Fork.LONDON) ? env.baseFeePerGas() : null);
    parentHash = parent.hash();
    hashes.put(parent.number(), parentHash);
    return json(executed, calls);
  }

  private StateReader state() {
    return new Overlay(base, sinceBase);
  }

  private Hash32 blockHash(long number) {
    return number <= baseNumber
        ? ancestors.apply(number)
        : hashes.getOrDefault(number, Hash32.ZERO);
  }

  private BlockEnv env(SimulatedPlan plan) throws RpcError {
    JsonNode wanted = plan.blockOverrides();
    UInt256 difficulty = parent.difficulty();
    Fork fork = view.forks().at(plan.number(), plan.timestampSeconds(), difficulty);
    JsonNode coinbase = BlockOverrides.present(wanted, "feeRecipient", "coinbase");
    JsonNode random = BlockOverrides.present(wanted, "prevRandao", "random");
    JsonNode beaconRoot = BlockOverrides.present(wanted, "beaconRoot", "parentBeaconBlockRoot");
    Hash32 noRoot = fork.isAtLeast(Fork.CANCUN) ? Hash32.ZERO : null;
    return new BlockEnv(
        plan.number(),
        parentHash,
        plan.timestampSeconds(),
        coinbase == null ? parent.coinbase() : Params.address(coinbase, "feeRecipient"),
        random == null ? Hash32.ZERO : Params.hash(random, "prevRandao"),
        difficulty,
        BlockOverrides.number(wanted, "gasLimit", "gasLimit", parent.gasLimit()),
        baseFee(wanted, fork),
        BlockRules.nextExcessBlobGas(parent, view.forks(), fork),
        beaconRoot == null ? noRoot : Params.hash(beaconRoot, "beaconRoot"),
        Bytes.EMPTY);
  }

  private UInt256 baseFee(JsonNode wanted, Fork fork) throws RpcError {
    UInt256 given = BlockOverrides.quantity(wanted, "baseFeePerGas", "baseFee");
    if (given != null) {
      return given;
    }
    return mode.validates() && fork.isAtLeast(Fork.LONDON)
        ? BlockRules.nextBaseFee(parent, view.forks())
        : UInt256.ZERO;
  }

  private Done run(UnsignedBlock block, BlockEnv env, JsonNode json) throws RpcError {
    CallArgs call = CallArgs.parse(json, view.chainId());
    long left = env.gasLimit() - block.gasUsed();
    long asked = call.gas() == null ? left : call.gas();
    if (asked > left) {
      throw new RpcError(
          BLOCK_GAS_LIMIT,
          "block gas limit reached: %d > %d".formatted(block.gasUsed() + asked, env.gasLimit()));
    }
    long nonce = call.nonce() == null ? block.nonce(call.from()) : call.nonce();
    Transaction tx =
        new Transaction(call.unsigned(nonce, Math.min(asked, gasLeft), view.chainId()), NOBODY);
    LogTracer tracer = new LogTracer(mode.tracesTransfers(), nextLog);
    return switch (block.run(tx, call.from(), tracer)) {
      case Result.Ran ran -> {
        gasLeft -= ran.gasUsed();
        nextLog = tracer.nextIndex();
        yield new Done(tx, call.from(), ran, tracer.logs());
      }
      case Result.Refused(var fault, String message) ->
          throw new RpcError(code(fault), message + " (supplied gas " + tx.gasLimit() + ")");
    };
  }

  private static int code(UnsignedBlock.Fault fault) {
    return switch (fault) {
      case NONCE_TOO_LOW -> NONCE_TOO_LOW;
      case NONCE_TOO_HIGH -> NONCE_TOO_HIGH;
      case FEE_CAP_BELOW_BASE_FEE -> FEE_BELOW_BASE_FEE;
      case INTRINSIC_GAS_TOO_LOW -> INTRINSIC_GAS;
      case INSUFFICIENT_FUNDS -> INSUFFICIENT_FUNDS;
      case INIT_CODE_TOO_LARGE -> INIT_CODE_TOO_LARGE;
      case TIP_ABOVE_FEE_CAP -> RpcError.INVALID_PARAMS;
      case OTHER -> RpcError.INTERNAL;
    };
  }

  private static @Nullable List<Withdrawal> withdrawals(JsonNode wanted, Fork fork)
      throws RpcError {
    JsonNode list = BlockOverrides.present(wanted, "withdrawals", "withdrawals");
    if (!fork.isAtLeast(Fork.SHANGHAI)) {
      return null;
    }
    List<Withdrawal> out = new ArrayList<>();
    if (list == null) {
      return out;
    }
    if (!list.isArray() || list.size() > MAX_WITHDRAWALS) {
      throw RpcError.invalidParams("withdrawals: expected an array of at most 16");
    }
    for (JsonNode each : list) {
      out.add(
          new Withdrawal(
              Params.number(each.path("index"), "withdrawal index"),
              Params.number(each.path("validatorIndex"), "withdrawal validatorIndex"),
              Params.address(each.path("address"), "withdrawal address"),
              Params.number(each.path("amount"), "withdrawal amount")));
    }
    return out;
  }

  private ObjectNode json(ExecutedBlock executed, List<Done> calls) {
    Block block = new Block(parent, executed.transactions(), List.of(), executed.withdrawals());
    ObjectNode node = BlockJson.block(view.forks(), block, parentHash, false);
    Inclusion in = Inclusion.sealed(view.forks(), parent, parentHash);
    if (mode.fullTransactions()) {
      ArrayNode list = node.putArray("transactions");
      for (int i = 0; i < calls.size(); i++) {
        list.add(TransactionJson.of(calls.get(i).tx(), calls.get(i).sender(), in, i));
      }
    }
    ArrayNode results = node.putArray("calls");
    for (int i = 0; i < calls.size(); i++) {
      results.add(result(calls.get(i), in, i));
    }
    return node;
  }

  private static ObjectNode result(Done done, Inclusion in, int index) {
    Result.Ran ran = done.ran();
    ObjectNode node = RpcJson.NODES.objectNode();
    node.put("returnData", (ran.isSuccess() ? ran.output() : Bytes.EMPTY).toHex());
    ArrayNode logs = node.putArray("logs");
    for (LogTracer.Numbered each : done.logs()) {
      logs.add(ReceiptJson.log(each.log(), in, done.tx().hash(), index, each.index(), false));
    }
    RpcJson.putQuantity(node, "gasUsed", ran.gasUsed());
    RpcJson.putQuantity(node, "maxUsedGas", ran.gasSpent());
    node.put("status", ran.isSuccess() ? "0x1" : "0x0");
    if (ran.isRevert()) {
      RpcError revert = RevertReason.error(ran.output());
      node.putObject("error")
          .put("message", revert.text())
          .put("code", revert.code())
          .put("data", ran.output().toHex());
    } else if (!ran.isSuccess()) {
      node.putObject("error").put("message", ran.error()).put("code", RUN_FAILED);
    }
    return node;
  }
}
