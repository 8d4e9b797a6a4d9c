// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.SequencerLoop;
import io.lockstep.sequencer.mempool.AddResult;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Sending transactions: {@code eth_sendRawTransaction} and {@code eth_sendRawTransactionSync}
 * (EIP-7966). What the loop takes is passed on to the peers, so that it reaches whoever sequences.
 */
public final class TxMethods {
  /** EIP-7966: accepted, but not processed in time. */
  private static final int NOT_IN_TIME = 4;

  /** EIP-7966: a nonce gap; the transaction is not kept. */
  private static final int NONCE_GAP = 6;

  private static final long LOOP_ANSWER_MS = 5_000;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final long rollupId;
  private final SequencerLoop loop;
  private final SyncDesk desk;
  private final Streams streams;
  private final BiConsumer<Long, Transaction> passOn;
  private final Function<Transaction, @Nullable String> intake;
  private final Function<Hash32, @Nullable JsonNode> receipt;
  private final NonceOf nonceOf;
  private final Timeouts timeouts;

  /** The nonce that an account's next transaction must have, waiting ones counted. */
  @FunctionalInterface
  public interface NonceOf {
    long next(io.lockstep.primitives.types.Address account);
  }

  /** Waiting times of {@code eth_sendRawTransactionSync}, milliseconds. */
  public record Timeouts(long defaultMs, long longestMs) {}

  /**
   * @param passOn gives a transaction to the peers
   * @param intake checks what needs no state; the refusal, or null
   * @param receipt the receipt as {@code eth_getTransactionReceipt} gives it, or null
   */
  public TxMethods(
      long rollupId,
      SequencerLoop loop,
      SyncDesk desk,
      Streams streams,
      BiConsumer<Long, Transaction> passOn,
      Function<Transaction, @Nullable String> intake,
      Function<Hash32, @Nullable JsonNode> receipt,
      NonceOf nonceOf,
      Timeouts timeouts) {
    this.rollupId = rollupId;
    this.loop = loop;
    this.desk = desk;
    this.streams = streams;
    this.passOn = passOn;
    this.intake = intake;
    this.receipt = receipt;
    this.nonceOf = nonceOf;
    this.timeouts = timeouts;
  }

  public void addTo(Map<String, RpcMethod> methods) {
    methods.put("eth_sendRawTransaction", this::send);
    methods.put("eth_sendRawTransactionSync", this::sendSync);
  }

  private JsonNode send(JsonNode params) throws RpcError {
    Transaction tx = decode(params);
    switch (submit(tx)) {
      case AddResult.Known _ -> throw new RpcError(RpcError.SERVER, "already known");
      case AddResult.Refused refused -> throw new RpcError(RpcError.SERVER, refused.message());
      case AddResult.Added _, AddResult.Replaced _ -> {
        return JSON.stringNode(tx.hash().toHex());
      }
    }
  }

  private JsonNode sendSync(JsonNode params) throws RpcError {
    long timeoutMs = timeoutMs(Params.optional(params, 1));
    Transaction tx = decode(params);
    JsonNode already = receipt.apply(tx.hash());
    if (already != null) {
      return already;
    }
    long expected = nonceOf.next(sender(tx));
    if (Long.compareUnsigned(tx.nonce(), expected) > 0) {
      throw new RpcError(
          NONCE_GAP,
          "nonce gap: next nonce " + expected + ", tx nonce " + tx.nonce(),
          Params.quantity(expected));
    }
    SyncDesk.Place place = desk.join(tx.hash());
    if (place == null) {
      throw new RpcError(RpcError.LIMIT_EXCEEDED, "busy: too many callers wait for receipts");
    }
    boolean waits = false;
    try {
      if (submit(tx) instanceof AddResult.Refused refused) {
        JsonNode meanwhile = receipt.apply(tx.hash());
        if (meanwhile != null) {
          return meanwhile;
        }
        throw new RpcError(RpcError.SERVER, refused.message());
      }
      waits = true;
    } finally {
      if (!waits) {
        desk.leave(tx.hash(), place);
      }
    }
    return await(tx, place, timeoutMs);
  }

  private JsonNode await(Transaction tx, SyncDesk.Place place, long timeoutMs) throws RpcError {
    try {
      desk.await(tx.hash(), place, timeoutMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcError(RpcError.RESOURCE_UNAVAILABLE, "the node is stopping");
    }
    JsonNode found = receipt.apply(tx.hash());
    if (found == null) {
      throw new RpcError(
          NOT_IN_TIME,
          "the transaction was accepted but not processed within " + timeoutMs + " ms",
          JSON.stringNode(tx.hash().toHex()));
    }
    return found;
  }

  private Transaction decode(JsonNode params) throws RpcError {
    Bytes raw = Params.bytes(Params.required(params, 0), "transaction");
    Transaction tx;
    try {
      tx = TransactionCodec.decode(raw);
    } catch (DecodeException e) {
      throw new RpcError(RpcError.SERVER, "invalid transaction: " + e.getMessage());
    }
    sender(tx);
    String refusal = intake.apply(tx);
    if (refusal != null) {
      throw new RpcError(RpcError.SERVER, refusal);
    }
    return tx;
  }

  private static io.lockstep.primitives.types.Address sender(Transaction tx) throws RpcError {
    var sender = tx.sender();
    if (sender == null) {
      throw new RpcError(RpcError.SERVER, "invalid sender: the signature recovers to nobody");
    }
    return sender;
  }

  private AddResult submit(Transaction tx) throws RpcError {
    CompletableFuture<AddResult> answer = new CompletableFuture<>();
    if (!loop.offer(new Command.Submit(rollupId, tx, answer::complete))) {
      throw new RpcError(RpcError.LIMIT_EXCEEDED, "busy: the sequencer's inbox is full, try again");
    }
    try {
      AddResult result = answer.get(LOOP_ANSWER_MS, TimeUnit.MILLISECONDS);
      switch (result) {
        case AddResult.Added _, AddResult.Replaced _ -> {
          passOn.accept(rollupId, tx);
          streams.onPending(tx.hash());
        }
        // Sent again: it may have come when no peer was there, or to peers that have died since.
        case AddResult.Known _ -> passOn.accept(rollupId, tx);
        case AddResult.Refused _ -> {}
      }
      return result;
    } catch (TimeoutException e) {
      throw new RpcError(RpcError.LIMIT_EXCEEDED, "busy: the sequencer did not answer in time");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the loop never fails an answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcError(RpcError.RESOURCE_UNAVAILABLE, "the node is stopping");
    }
  }

  private long timeoutMs(@Nullable JsonNode value) {
    if (value == null || !value.isIntegralNumber() || value.asLong() <= 0) {
      // EIP-7966: an invalid timeout means the default.
      return timeouts.defaultMs;
    }
    return Math.min(value.asLong(), timeouts.longestMs);
  }
}
