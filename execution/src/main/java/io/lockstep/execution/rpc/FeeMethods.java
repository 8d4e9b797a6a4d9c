// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What inclusion costs and has cost, wei. */
final class FeeMethods {
  private static final int MAX_HISTORY_BLOCKS = 1_024;
  private static final int MAX_PERCENTILES = 100;

  private final ChainView view;
  private final CallPool pool;

  FeeMethods(ChainView view, CallPool pool) {
    this.view = view;
    this.pool = pool;
  }

  void addTo(Map<String, RpcMethod> methods) {
    methods.put("eth_baseFee", params -> Params.quantity(nextBaseFee()));
    methods.put(
        "eth_gasPrice", params -> Params.quantity(nextBaseFee().add(view.suggestedTipWei())));
    methods.put("eth_maxPriorityFeePerGas", params -> Params.quantity(view.suggestedTipWei()));
    methods.put("eth_blobBaseFee", params -> Params.quantity(blobBaseFee(view.latest())));
    methods.put("eth_feeHistory", this::history);
  }

  private UInt256 nextBaseFee() {
    ChainView.OpenPart open = view.open();
    return open == null
        ? BlockRules.nextBaseFee(view.latest(), view.forks())
        : open.env().baseFeePerGas();
  }

  private BlobParams blobs(BlockHeader header) {
    ForkSchedule forks = view.forks();
    return forks.blobParams(
        forks.at(header.number(), header.timestampSeconds(), header.difficulty()));
  }

  private UInt256 blobBaseFee(BlockHeader header) {
    Long excess = header.excessBlobGas();
    return excess == null ? UInt256.ZERO : BlockRules.blobBaseFee(excess, blobs(header));
  }

  private UInt256 nextBlobBaseFee(BlockHeader header) {
    if (header.excessBlobGas() == null) {
      return UInt256.ZERO;
    }
    long next = BlockRules.nextExcessBlobGas(header, view.forks(), header.timestampSeconds() + 1);
    return BlockRules.blobBaseFee(next, blobs(header));
  }

  private JsonNode history(JsonNode params) throws RpcError {
    JsonNode count = Params.required(params, 0);
    long asked = Params.number(count, "invalid argument 0");
    BlockParam newest = BlockParam.requiredAt(params, 1);
    List<Double> percentiles = percentiles(Params.optional(params, 2));
    Hash32 hash = newest.sealedHash(view);
    BlockHeader last = hash == null ? null : view.header(hash);
    if (last == null) {
      throw new RpcError(RpcError.SERVER, "request beyond head block");
    }
    long blocks = Math.min(Math.min(asked, MAX_HISTORY_BLOCKS), last.number() + 1);
    return pool.run(() -> history(last, blocks, percentiles));
  }

  private static List<Double> percentiles(@Nullable JsonNode asked) throws RpcError {
    List<Double> percentiles = new ArrayList<>();
    if (asked == null) {
      return percentiles;
    }
    if (!asked.isArray() || asked.size() > MAX_PERCENTILES) {
      throw RpcError.invalidParams(
          "invalid argument 2: expected an array of at most " + MAX_PERCENTILES + " percentiles");
    }
    double before = 0;
    for (JsonNode each : asked) {
      double value = each.isNumber() ? each.asDouble() : -1;
      if (value < before || value > 100) {
        throw RpcError.invalidParams(
            "invalid reward percentile: " + each + ", they rise from 0 to 100");
      }
      percentiles.add(value);
      before = value;
    }
    return percentiles;
  }

  private JsonNode history(BlockHeader last, long blocks, List<Double> percentiles)
      throws RpcError {
    ObjectNode node = RpcJson.NODES.objectNode();
    long oldest = blocks == 0 ? 0 : last.number() + 1 - blocks;
    RpcJson.putQuantity(node, "oldestBlock", oldest);
    ArrayNode baseFees = node.putArray("baseFeePerGas");
    ArrayNode gasRatios = node.putArray("gasUsedRatio");
    ArrayNode blobFees = node.putArray("baseFeePerBlobGas");
    ArrayNode blobRatios = node.putArray("blobGasUsedRatio");
    ArrayNode rewards = RpcJson.NODES.arrayNode();
    for (long number = oldest; number < oldest + blocks; number++) {
      CallPool.checkAborted();
      Hash32 hash = number == last.number() ? last.hash() : view.canonicalHash(number);
      BlockHeader header = hash == null ? null : view.header(hash);
      if (hash == null || header == null) {
        throw new RpcError(RpcError.SERVER, "the chain was reorganised during the query");
      }
      baseFees.add(header.baseFeeOrZero().toQuantity());
      gasRatios.add((double) header.gasUsed() / header.gasLimit());
      blobFees.add(blobBaseFee(header).toQuantity());
      Long blobGas = header.blobGasUsed();
      long maxBlobGas = blobs(header).maxGas();
      blobRatios.add(blobGas == null || maxBlobGas == 0 ? 0.0 : (double) blobGas / maxBlobGas);
      if (!percentiles.isEmpty()) {
        rewards.add(rewards(hash, header, percentiles));
      }
    }
    if (blocks > 0) {
      baseFees.add(BlockRules.nextBaseFee(last, view.forks()).toQuantity());
      blobFees.add(nextBlobBaseFee(last).toQuantity());
    }
    if (!percentiles.isEmpty()) {
      node.set("reward", rewards);
    }
    return node;
  }

  /** A transaction's tip and the gas it used. */
  private record Paid(UInt256 tip, long gas) {}

  private ArrayNode rewards(Hash32 hash, BlockHeader header, List<Double> percentiles) {
    Block block = view.block(hash);
    List<Receipt> receipts = view.receipts(hash);
    ArrayNode row = RpcJson.NODES.arrayNode();
    if (block == null || receipts == null || receipts.isEmpty()) {
      percentiles.forEach(each -> row.add("0x0"));
      return row;
    }
    List<Paid> paid = new ArrayList<>();
    long before = 0;
    for (int i = 0; i < receipts.size(); i++) {
      Transaction tx = block.transactions().get(i);
      long after = receipts.get(i).cumulativeGasUsed();
      UInt256 baseFee = header.baseFeeOrZero();
      paid.add(new Paid(tx.effectiveGasPrice(baseFee).subtract(baseFee), after - before));
      before = after;
    }
    paid.sort(Comparator.comparing(Paid::tip));
    int at = 0;
    long sum = paid.getFirst().gas();
    for (double percentile : percentiles) {
      double threshold = header.gasUsed() * percentile / 100;
      while (sum < threshold && at < paid.size() - 1) {
        at++;
        sum += paid.get(at).gas();
      }
      row.add(paid.get(at).tip().toQuantity());
    }
    return row;
  }
}
