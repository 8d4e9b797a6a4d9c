// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.intake;

import io.lockstep.bench.client.BenchException;
import io.lockstep.bench.client.RpcHttp;
import io.lockstep.bench.state.TestToken;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Fresh accounts with ether and a token, on a chain where {@code payer} has ether. One thread. */
final class Wallets {
  private static final UInt256 GWEI = UInt256.of(1_000_000_000L);
  private static final UInt256 ETHER_EACH = GWEI.multiply(UInt256.of(20_000_000_000L));
  private static final long TRANSFER_GAS = 21_000;

  /** Osaka's cap of one transaction. */
  private static final long MOST_GAS = 16_777_216;

  private static final long RECEIPT_TIMEOUT_MS = 60_000;
  private static final long POLL_MS = 50;
  private static final int BATCH = 100;

  private final RpcHttp rpc;
  private final SecretKey payer;
  private final UInt256 chainId;
  private final UInt256 maxFeeWei;
  private long nonce;

  Wallets(RpcHttp rpc, SecretKey payer) throws BenchException {
    this.rpc = rpc;
    this.payer = payer;
    this.chainId = rpc.quantity("eth_chainId");
    // Full blocks raise the base fee by an eighth each.
    this.maxFeeWei = rpc.quantity("eth_gasPrice").add(GWEI).multiply(UInt256.of(100));
    this.nonce =
        rpc.quantity("eth_getTransactionCount", payer.address().toHex(), "pending")
            .toLongSaturated();
  }

  List<SecretKey> fund(int count) throws BenchException {
    List<SecretKey> keys = new ArrayList<>();
    List<Transaction> payments = new ArrayList<>();
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < count; i++) {
      byte[] secret = new byte[32];
      random.nextBytes(secret);
      // Below 2^255, and so below the group's order.
      secret[0] = (byte) (secret[0] & 0x7f);
      SecretKey key = SecretKey.of(secret);
      keys.add(key);
      payments.add(sign(payer, nonce++, key.address(), ETHER_EACH, TRANSFER_GAS, Bytes.EMPTY));
    }
    for (int from = 0; from < count; from += BATCH) {
      Batch batch = Batch.of(payments.subList(from, Math.min(count, from + BATCH)));
      batch.check(rpc.post(batch.message()));
    }
    awaitSuccess(payments.getLast());
    return keys;
  }

  /** Deploys a token of which all {@code holders} have plenty. */
  Address token(List<SecretKey> holders) throws BenchException {
    Transaction creation = sign(payer, nonce++, null, UInt256.ZERO, MOST_GAS, initCode(holders));
    Batch batch = Batch.of(List.of(creation));
    batch.check(rpc.post(batch.message()));
    String address = awaitSuccess(creation).path("contractAddress").asString("");
    return Address.fromHex(address);
  }

  /** Stores a balance for each, then returns the token's code. */
  private static Bytes initCode(List<SecretKey> holders) {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    for (SecretKey holder : holders) {
      code.write(0x6f); // PUSH16
      code.writeBytes("a lot of tokens!".getBytes(StandardCharsets.US_ASCII));
      code.write(0x7f); // PUSH32
      code.writeBytes(TestToken.balanceSlot(holder.address()).toArray());
      code.write(0x55); // SSTORE
    }
    int length = TestToken.CODE.size();
    int start = code.size() + 13;
    // PUSH2 length, DUP1, PUSH2 start, PUSH0, CODECOPY, PUSH0, RETURN, STOP, STOP
    code.writeBytes(
        new byte[] {
          0x61,
          (byte) (length >> 8),
          (byte) length,
          (byte) 0x80,
          0x61,
          (byte) (start >> 8),
          (byte) start,
          0x5f,
          0x39,
          0x5f,
          (byte) 0xf3,
          0x00,
          0x00
        });
    code.writeBytes(TestToken.CODE.toArray());
    return Bytes.wrap(code.toByteArray());
  }

  Transaction sign(
      SecretKey from,
      long fromNonce,
      @Nullable Address to,
      UInt256 valueWei,
      long gas,
      Bytes data) {
    return Transaction.Unsigned.feeMarket(
            chainId, fromNonce, GWEI, maxFeeWei, gas, to, valueWei, data)
        .sign(from);
  }

  private JsonNode awaitSuccess(Transaction tx) throws BenchException {
    long deadlineNs = System.nanoTime() + RECEIPT_TIMEOUT_MS * 1_000_000;
    while (System.nanoTime() - deadlineNs < 0) {
      JsonNode receipt = rpc.call("eth_getTransactionReceipt", tx.hash().toHex());
      if (receipt.isObject()) {
        if (!receipt.path("status").asString("").equals("0x1")) {
          throw new BenchException("a transaction of the preparation failed: " + receipt);
        }
        return receipt;
      }
      Chain.pause(POLL_MS);
    }
    throw new BenchException("a transaction of the preparation was not included: " + tx.hash());
  }
}
