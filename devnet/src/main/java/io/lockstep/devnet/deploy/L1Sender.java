// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Signs and sends a deployment's transactions and waits for their receipts. Fees are generous: a
 * deployment is rare and must not hang. One thread.
 */
public final class L1Sender {
  private static final UInt256 TIP_WEI = UInt256.of(1_000_000_000L);
  private static final Duration POLL = Duration.ofMillis(25);

  private final L1Caller client;
  private final UInt256 chainId;
  private final Duration patience;
  private final Map<Address, Long> nonces = new HashMap<>();

  /** A transaction on its way; null for {@code to} creates a contract. */
  public record Sent(Hash32 hash, String what) {}

  /**
   * What became of a transaction.
   *
   * @param contract the created contract, null when none was
   */
  public record Mined(
      Hash32 hash, long blockNumber, @Nullable Address contract, JsonNode receipt) {}

  /**
   * A sender on the chain that {@code client} serves.
   *
   * @param patience how long a receipt is waited for
   */
  public L1Sender(L1Caller client, Duration patience) throws DeployException {
    this.client = client;
    this.patience = patience;
    this.chainId = quantity(client.call("eth_chainId"), "chain id");
  }

  public UInt256 chainId() {
    return chainId;
  }

  /** Sends one transaction; its gas is estimated on the latest state, with a fifth on top. */
  public Sent send(SecretKey key, @Nullable Address to, UInt256 valueWei, Bytes data, String what)
      throws DeployException {
    ObjectNode call = JsonNodeFactory.instance.objectNode();
    call.put("from", key.address().toHex());
    if (to != null) {
      call.put("to", to.toHex());
    }
    call.put("value", valueWei.toQuantity());
    call.put("data", data.toHex());
    long estimate = quantity(client.call("eth_estimateGas", call), "gas").toLongSaturated();
    Transaction tx =
        Transaction.Unsigned.feeMarket(
                chainId,
                nonce(key.address()),
                TIP_WEI,
                feeCap(),
                estimate + estimate / 5,
                to,
                valueWei,
                data)
            .sign(key);
    JsonNode hash = client.call("eth_sendRawTransaction", Params.text(tx.encoded().toHex()));
    if (!hash.asString("").equalsIgnoreCase(tx.hash().toHex())) {
      throw new DeployException(
          "%s: the L1 answered hash %s, expected %s".formatted(what, hash, tx.hash()));
    }
    return new Sent(tx.hash(), what);
  }

  /** Waits until all are mined; a failed one is an error. In the order given. */
  public List<Mined> await(List<Sent> sent) throws DeployException {
    long deadlineNanos = System.nanoTime() + patience.toNanos();
    List<Mined> mined = new ArrayList<>();
    for (Sent tx : sent) {
      JsonNode receipt = client.call("eth_getTransactionReceipt", Params.text(tx.hash().toHex()));
      while (receipt.isNull()) {
        if (System.nanoTime() > deadlineNanos) {
          throw new DeployException(
              "%s: transaction %s has no receipt after %d s"
                  .formatted(tx.what(), tx.hash(), patience.toSeconds()));
        }
        pause();
        receipt = client.call("eth_getTransactionReceipt", Params.text(tx.hash().toHex()));
      }
      if (!receipt.path("status").asString("").equals("0x1")) {
        throw new DeployException("%s: transaction %s failed".formatted(tx.what(), tx.hash()));
      }
      JsonNode contract = receipt.path("contractAddress");
      mined.add(
          new Mined(
              tx.hash(),
              quantity(receipt.path("blockNumber"), "block number").toLongSaturated(),
              contract.isString() ? Address.fromHex(contract.asString()) : null,
              receipt));
    }
    return mined;
  }

  public UInt256 balance(Address address) throws DeployException {
    return quantity(
        client.call("eth_getBalance", Params.text(address.toHex()), Params.text("latest")),
        "balance");
  }

  /** What a view function returns, as bytes. */
  public Bytes view(Address contract, Bytes data) throws DeployException {
    ObjectNode call = JsonNodeFactory.instance.objectNode();
    call.put("to", contract.toHex()).put("data", data.toHex());
    return bytes(client.call("eth_call", call, Params.text("latest")));
  }

  public Bytes code(Address contract) throws DeployException {
    return bytes(client.call("eth_getCode", Params.text(contract.toHex()), Params.text("latest")));
  }

  private long nonce(Address address) throws DeployException {
    Long known = nonces.get(address);
    if (known == null) {
      known =
          quantity(
                  client.call(
                      "eth_getTransactionCount",
                      Params.text(address.toHex()),
                      Params.text("pending")),
                  "nonce")
              .toLongSaturated();
    }
    nonces.put(address, known + 1);
    return known;
  }

  /** Three times the base fee of the latest block and the tip. */
  private UInt256 feeCap() throws DeployException {
    JsonNode block =
        client.call(
            "eth_getBlockByNumber",
            Params.text("latest"),
            JsonNodeFactory.instance.booleanNode(false));
    BigInteger baseFee = quantity(block.path("baseFeePerGas"), "base fee").toBigInteger();
    return UInt256.of(baseFee.multiply(BigInteger.valueOf(3))).add(TIP_WEI);
  }

  private static void pause() throws DeployException {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeployException("interrupted while waiting for a receipt", e);
    }
  }

  private static Bytes bytes(JsonNode value) throws DeployException {
    try {
      return Bytes.fromHex(value.asString());
    } catch (IllegalArgumentException e) {
      throw new DeployException("the L1 answered " + value + " for bytes", e);
    }
  }

  private static UInt256 quantity(JsonNode value, String what) throws DeployException {
    try {
      return UInt256.of(new BigInteger(value.asString().substring(2), 16));
    } catch (RuntimeException e) {
      throw new DeployException("the L1 answered " + value + " for " + what, e);
    }
  }
}
