// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpctest;

import io.lockstep.devnet.l1.L1Pool;
import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code testing_buildBlockV1} of execution-apis: builds a block on any kept one and shows it; the
 * chain stays as it is. Any thread.
 */
final class BuildBlock implements RpcMethod {
  /** What the builder works towards unless it is told: what most of mainnet's builders do. */
  private static final long TARGET_GAS_LIMIT = 60_000_000;

  /** Yellow paper, 4.4.4. */
  private static final long GAS_LIMIT_BOUND_DIVISOR = 1_024;

  private static final int MAX_EXTRA_DATA_BYTES = 32;
  private static final int MAX_ITEMS = 10_000;

  private final ArchiveChain chain;

  BuildBlock(ArchiveChain chain) {
    this.chain = chain;
  }

  @Override
  public JsonNode call(JsonNode params) throws RpcError {
    Hash32 parentHash = Params.hash(Params.required(params, 0), "parent block hash");
    JsonNode attributes = Params.required(params, 1);
    JsonNode extra = Params.optional(params, 3);
    BlockHeader parent = chain.header(parentHash);
    StateReader state = chain.stateAt(parentHash);
    if (parent == null || state == null) {
      throw new RpcError(RpcError.SERVER, "block " + parentHash + " not found");
    }
    BlockEnv env = env(parent, parentHash, attributes, extra);
    OpenBlock open = chain.executor().open(env, state, chain.ancestors(parentHash));
    JsonNode wanted = Params.optional(params, 2);
    L1Pool.Filled blobs = new L1Pool.Filled(List.of(), List.of(), List.of());
    if (wanted != null) {
      for (Bytes raw : strings(wanted)) {
        include(open, raw);
      }
    } else if (parentHash.equals(chain.latestHash())) {
      blobs = chain.pool().fill(open);
    }
    ExecutedBlock built = open.finish(withdrawals(attributes.path("withdrawals")));
    Hash32 root = chain.stateRoot(parentHash, built.diff());
    if (root == null) {
      throw RpcError.pruned("the state of block " + parentHash);
    }
    return answer(built, BlockRules.seal(built, root), blobs);
  }

  private BlockEnv env(
      BlockHeader parent, Hash32 parentHash, JsonNode attributes, @Nullable JsonNode extra)
      throws RpcError {
    long timestamp = Params.number(attributes.path("timestamp"), "timestamp");
    if (timestamp <= parent.timestampSeconds()) {
      throw RpcError.invalidParams(
          "timestamp %d is not after the parent's %d"
              .formatted(timestamp, parent.timestampSeconds()));
    }
    Bytes extraData = extra == null ? Bytes.EMPTY : Params.bytes(extra, "extraData");
    if (extraData.size() > MAX_EXTRA_DATA_BYTES) {
      throw RpcError.invalidParams("extraData of " + extraData.size() + " bytes, limit 32");
    }
    JsonNode beaconRoot = attributes.get("parentBeaconBlockRoot");
    JsonNode target = attributes.get("targetGasLimit");
    return new BlockEnv(
        parent.number() + 1,
        parentHash,
        timestamp,
        Params.address(attributes.path("suggestedFeeRecipient"), "suggestedFeeRecipient"),
        Params.hash(attributes.path("prevRandao"), "prevRandao"),
        UInt256.ZERO,
        gasLimit(
            parent.gasLimit(),
            target == null ? TARGET_GAS_LIMIT : Params.number(target, "targetGasLimit")),
        BlockRules.nextBaseFee(parent, chain.forks()),
        BlockRules.nextExcessBlobGas(parent, chain.forks(), timestamp),
        beaconRoot == null || beaconRoot.isNull()
            ? null
            : Params.hash(beaconRoot, "parentBeaconBlockRoot"),
        extraData);
  }

  /** As far towards the target as the rules let a block go. */
  private static long gasLimit(long parent, long target) {
    long step = parent / GAS_LIMIT_BOUND_DIVISOR - 1;
    return Math.clamp(target, parent - step, parent + step);
  }

  private void include(OpenBlock open, Bytes raw) throws RpcError {
    Transaction tx = chain.pool().read(raw).transaction();
    if (open.execute(tx) instanceof TxOutcome.Refused refused) {
      throw new RpcError(RpcError.SERVER, "transaction " + tx.hash() + ": " + refused.message());
    }
  }

  private static List<Bytes> strings(JsonNode list) throws RpcError {
    List<Bytes> out = new ArrayList<>();
    for (JsonNode each : array(list, "transactions")) {
      out.add(Params.bytes(each, "transactions"));
    }
    return out;
  }

  private static List<Withdrawal> withdrawals(JsonNode list) throws RpcError {
    List<Withdrawal> out = new ArrayList<>();
    for (JsonNode each : array(list, "withdrawals")) {
      Address address = Params.address(each.path("address"), "withdrawal address");
      out.add(
          new Withdrawal(
              Params.number(each.path("index"), "withdrawal index"),
              Params.number(each.path("validatorIndex"), "withdrawal validatorIndex"),
              address,
              Params.number(each.path("amount"), "withdrawal amount")));
    }
    return out;
  }

  private static JsonNode array(JsonNode list, String name) throws RpcError {
    if (list.isMissingNode() || list.isNull()) {
      return JsonNodeFactory.instance.arrayNode();
    }
    if (!list.isArray() || list.size() > MAX_ITEMS) {
      throw RpcError.invalidParams(name + ": expected an array of at most " + MAX_ITEMS);
    }
    return list;
  }

  private static JsonNode answer(ExecutedBlock built, BlockHeader header, L1Pool.Filled blobs) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.set("executionPayload", payload(built, header));
    answer.set("blockValue", Params.quantity(value(built)));
    ObjectNode bundle = answer.putObject("blobsBundle");
    put(bundle.putArray("commitments"), blobs.commitments());
    put(bundle.putArray("proofs"), proofs(blobs.blobs()));
    put(bundle.putArray("blobs"), blobs.blobs());
    put(answer.putArray("executionRequests"), built.requests());
    return answer.put("shouldOverrideBuilder", false);
  }

  private static ObjectNode payload(ExecutedBlock built, BlockHeader header) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("parentHash", header.parentHash().toHex());
    node.put("feeRecipient", header.coinbase().toHex());
    node.put("stateRoot", header.stateRoot().toHex());
    node.put("receiptsRoot", header.receiptsRoot().toHex());
    node.put("logsBloom", header.logsBloom().toHex());
    node.put("prevRandao", header.prevRandao().toHex());
    node.set("blockNumber", Params.quantity(header.number()));
    node.set("gasLimit", Params.quantity(header.gasLimit()));
    node.set("gasUsed", Params.quantity(header.gasUsed()));
    node.set("timestamp", Params.quantity(header.timestampSeconds()));
    node.put("extraData", header.extraData().toHex());
    node.set("baseFeePerGas", Params.quantity(header.baseFeeOrZero()));
    node.put("blockHash", header.hash().toHex());
    ArrayNode transactions = node.putArray("transactions");
    built.transactions().forEach(tx -> transactions.add(tx.encoded().toHex()));
    if (built.withdrawals() != null) {
      ArrayNode withdrawals = node.putArray("withdrawals");
      for (Withdrawal each : built.withdrawals()) {
        ObjectNode withdrawal = withdrawals.addObject();
        withdrawal.set("index", Params.quantity(each.index()));
        withdrawal.set("validatorIndex", Params.quantity(each.validatorIndex()));
        withdrawal.put("address", each.address().toHex());
        withdrawal.set("amount", Params.quantity(each.amountGwei()));
      }
    }
    if (header.blobGasUsed() != null && header.excessBlobGas() != null) {
      node.set("blobGasUsed", Params.quantity(header.blobGasUsed()));
      node.set("excessBlobGas", Params.quantity(header.excessBlobGas()));
    }
    return node;
  }

  /** What the transactions pay to the fee recipient. */
  private static UInt256 value(ExecutedBlock built) {
    UInt256 baseFee = built.env().baseFeePerGas();
    UInt256 sum = UInt256.ZERO;
    long before = 0;
    for (int i = 0; i < built.receipts().size(); i++) {
      Receipt receipt = built.receipts().get(i);
      UInt256 tip = built.transactions().get(i).effectiveGasPrice(baseFee).subtract(baseFee);
      sum = sum.add(tip.multiply(UInt256.of(receipt.cumulativeGasUsed() - before)));
      before = receipt.cumulativeGasUsed();
    }
    return sum;
  }

  private static List<Bytes> proofs(List<Bytes> blobs) {
    List<Bytes> out = new ArrayList<>();
    for (Bytes blob : blobs) {
      Bytes cells = BlobProofs.KZG.cellProofs(blob.unsafeArray());
      for (int at = 0; at < cells.size(); at += Kzg.PROOF_BYTES) {
        out.add(cells.slice(at, at + Kzg.PROOF_BYTES));
      }
    }
    return out;
  }

  private static void put(ArrayNode list, List<Bytes> items) {
    items.forEach(item -> list.add(item.toHex()));
  }
}
