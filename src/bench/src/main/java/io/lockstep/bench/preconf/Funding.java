// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

import io.lockstep.bench.client.BenchException;
import io.lockstep.bench.client.RpcHttp;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;

/**
 * Fresh accounts with enough to send their share, paid for by the devnet's own accounts. One
 * thread; each of the devnet's accounts pays on a thread of its own.
 */
final class Funding {
  static final long TRANSFER_GAS = 21_000;

  /** At a handover of turns a receipt may take longer than one call waits. */
  private static final int ATTEMPTS = 4;

  private final RpcHttp rpc;
  private final Fees fees;
  private final UInt256 chainId;

  /** What every transaction of the measurement offers, wei for each gas. */
  record Fees(UInt256 maxFeeWei, UInt256 tipWei) {
    private static final UInt256 GWEI = UInt256.of(1_000_000_000L);

    /** Far above the price of now: the load itself lets the base fee rise. */
    static Fees of(RpcHttp rpc) throws BenchException {
      UInt256 price = rpc.quantity("eth_gasPrice").add(GWEI);
      return new Fees(price.multiply(UInt256.of(100)), GWEI);
    }

    Transaction transfer(
        UInt256 chainId, long nonce, Address to, UInt256 valueWei, SecretKey signer) {
      return Transaction.Unsigned.feeMarket(
              chainId, nonce, tipWei, maxFeeWei, TRANSFER_GAS, to, valueWei, Bytes.EMPTY)
          .sign(signer);
    }
  }

  Funding(RpcHttp rpc, Fees fees, UInt256 chainId) {
    this.rpc = rpc;
    this.fees = fees;
    this.chainId = chainId;
  }

  /** Makes {@code count} accounts that can send {@code transfersEach} transfers of 1 wei. */
  List<SecretKey> fund(List<SecretKey> payers, int count, int transfersEach) throws BenchException {
    UInt256 amountWei =
        fees.maxFeeWei
            .multiply(UInt256.of(TRANSFER_GAS))
            .add(UInt256.ONE)
            .multiply(UInt256.of(transfersEach));
    List<SecretKey> fresh = freshKeys(count);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int p = 0; p < payers.size(); p++) {
        int first = p;
        running.add(
            threads.submit(() -> {
              pay(payers.get(first), fresh, first, payers.size(), amountWei);
              return null;
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new BenchException(
          "cannot fund the senders: " + (cause == null ? e : cause).getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
    return fresh;
  }

  private static List<SecretKey> freshKeys(int count) {
    SecureRandom random = new SecureRandom();
    List<SecretKey> out = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] secret = new byte[32];
      random.nextBytes(secret);
      // Below 2^255, and so below the group's order.
      secret[0] = (byte) (secret[0] & 0x7f);
      out.add(SecretKey.of(secret));
    }
    return out;
  }

  /** Pays every {@code step}th of {@code accounts}, beginning with {@code first}. */
  private void pay(
      SecretKey payer, List<SecretKey> accounts, int first, int step, UInt256 amountWei)
      throws BenchException {
    if (first >= accounts.size()) {
      return;
    }
    long nonce =
        rpc.quantity("eth_getTransactionCount", payer.address().toHex(), "pending")
            .toLongSaturated();
    for (int i = first; i < accounts.size(); i += step) {
      sendAndWait(fees.transfer(chainId, nonce, accounts.get(i).address(), amountWei, payer));
      nonce++;
    }
  }

  private void sendAndWait(Transaction tx) throws BenchException {
    String raw = tx.encoded().toHex();
    for (int attempt = 1; ; attempt++) {
      try {
        JsonNode receipt = rpc.call("eth_sendRawTransactionSync", raw);
        if (!receipt.path("status").asString("").equals("0x1")) {
          throw new BenchException("the transfer " + tx.hash() + " failed: " + receipt);
        }
        return;
      } catch (BenchException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
