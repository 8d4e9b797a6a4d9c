// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.execution.rpc.ChainView;
import io.lockstep.execution.rpc.ReceiptJson;
import io.lockstep.primitives.rpc.BatchedMethod;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.sequencer.mempool.AddResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Sending transactions: {@code eth_sendRawTransaction} and {@code eth_sendRawTransactionSync}
 * (EIP-7966). Any thread; the latter waits on it.
 */
public final class TxMethods {
  /** EIP-7966: accepted, but not processed in time. */
  private static final int NOT_IN_TIME = 4;

  /** EIP-7966: accepted, but it cannot be processed as it is. */
  private static final int NOT_READY = 5;

  /** EIP-7966: a nonce gap; the transaction is not kept. */
  private static final int NONCE_GAP = 6;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ChainView view;
  private final TxGate gate;
  private final SyncDesk desk;
  private final Timeouts timeouts;

  /** Waiting times of {@code eth_sendRawTransactionSync}, milliseconds. */
  public record Timeouts(long defaultMs, long longestMs) {}

  public TxMethods(ChainView view, TxGate gate, SyncDesk desk, Timeouts timeouts) {
    this.view = view;
    this.gate = gate;
    this.desk = desk;
    this.timeouts = timeouts;
  }

  public void addTo(Map<String, RpcMethod> methods) {
    methods.put("eth_sendRawTransaction", new Send());
    methods.put("eth_sendRawTransactionSync", this::sendSync);
  }

  private static Bytes raw(JsonNode params) throws RpcError {
    return Params.bytes(Params.required(params, 0), "transaction");
  }

  /** Those of one batch are decoded, checked and offered together. */
  private final class Send implements BatchedMethod {
    @Override
    public JsonNode call(JsonNode params) throws RpcError {
      return switch (callAll(List.of(params)).getFirst()) {
        case Answer.Result(JsonNode value) -> value;
        case Answer.Failure(RpcError error) -> throw error;
      };
    }

    @Override
    public List<Answer> callAll(List<JsonNode> calls) {
      List<Bytes> raws = new ArrayList<>(calls.size());
      List<@Nullable RpcError> faults = new ArrayList<>(calls.size());
      for (JsonNode params : calls) {
        try {
          raws.add(raw(params));
          faults.add(null);
        } catch (RpcError e) {
          faults.add(e);
        }
      }
      Iterator<TxGate.Outcome> outcomes = gate.takeAll(raws).iterator();
      List<Answer> answers = new ArrayList<>(calls.size());
      for (RpcError fault : faults) {
        answers.add(fault == null ? answer(outcomes.next()) : new Answer.Failure(fault));
      }
      return answers;
    }

    private static Answer answer(TxGate.Outcome outcome) {
      return switch (outcome) {
        case TxGate.Outcome.Refused(RpcError why) -> new Answer.Failure(why);
        case TxGate.Outcome.Accepted(var tx, TxGate.Taken taken) ->
            taken == TxGate.Taken.KNOWN
                ? new Answer.Failure(new RpcError(RpcError.SERVER, AddResult.Known.MESSAGE))
                : new Answer.Result(hash(tx));
      };
    }
  }

  private JsonNode sendSync(JsonNode params) throws RpcError {
    Bytes raw = raw(params);
    long timeoutMs = timeoutMs(Params.optional(params, 1));
    TxGate.Incoming incoming = gate.read(raw);
    Transaction tx = incoming.transaction();
    JsonNode already = ReceiptJson.of(view, tx.hash());
    if (already != null) {
      return already;
    }
    checkNonce(tx);
    SyncDesk.Place place = desk.join(tx.hash());
    if (place == null) {
      throw new RpcError(RpcError.LIMIT_EXCEEDED, "busy: too many callers wait for receipts");
    }
    try {
      if (incoming.offer() == TxGate.Taken.QUEUED) {
        throw new RpcError(
            NOT_READY,
            "the transaction was accepted but cannot be processed yet: an earlier one or funds are"
                + " missing",
            hash(tx));
      }
      return await(tx, place, timeoutMs);
    } catch (RpcError refused) {
      JsonNode meanwhile = ReceiptJson.of(view, tx.hash());
      if (meanwhile != null) {
        return meanwhile;
      }
      throw refused;
    } finally {
      desk.leave(tx.hash(), place);
    }
  }

  private void checkNonce(Transaction tx) throws RpcError {
    Address sender = tx.sender();
    if (sender == null) {
      return; // the gate refuses it
    }
    long expected = view.pendingNonce(sender);
    if (Long.compareUnsigned(tx.nonce(), expected) > 0) {
      throw new RpcError(
          NONCE_GAP,
          "nonce gap: next nonce %s, tx nonce %s"
              .formatted(Long.toUnsignedString(expected), Long.toUnsignedString(tx.nonce())),
          Params.quantity(expected));
    }
  }

  private JsonNode await(Transaction tx, SyncDesk.Place place, long timeoutMs) throws RpcError {
    try {
      desk.await(tx.hash(), place, timeoutMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcError(RpcError.RESOURCE_UNAVAILABLE, "the node is stopping");
    }
    JsonNode found = ReceiptJson.of(view, tx.hash());
    if (found == null) {
      throw new RpcError(
          NOT_IN_TIME,
          "the transaction was accepted but not processed within " + timeoutMs + " ms",
          hash(tx));
    }
    return found;
  }

  private static JsonNode hash(Transaction tx) {
    return JSON.stringNode(tx.hash().toHex());
  }

  /** EIP-7966: a timeout that is not above zero and within the node's longest means the default. */
  private long timeoutMs(@Nullable JsonNode value) {
    if (value == null) {
      return timeouts.defaultMs;
    }
    long asked;
    try {
      asked = Params.number(value, "timeout");
    } catch (RpcError e) {
      return timeouts.defaultMs;
    }
    return asked > 0 && asked <= timeouts.longestMs ? asked : timeouts.defaultMs;
  }
}
