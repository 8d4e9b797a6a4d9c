// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.CallRequest;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Receipt;
import io.lockstep.l1client.fee.FeePolicy;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.fee.Fees;
import io.lockstep.l1client.fee.GasNeed;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.crypto.SignerException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * Sends ordinary transactions (EIP-1559): deployment, registration, an operator's commands. For
 * accounts that send one at a time and whose transactions may be made again; postings go through
 * {@link BlobTxSender}. Blocks. One thread per account.
 */
public final class TxSender {
  private static final long POLL_MS = 100;

  /** Nothing hangs on when it lands. */
  private static final int BLOCKS_TO_LAND = 6;

  private final ExecutionClient execution;
  private final UInt256 chainId;
  private final FeeReader reader;
  private final FeePolicy fees;
  private final AccountLanes lanes;

  /**
   * @param lanes of the accounts of this process
   */
  public TxSender(
      ExecutionClient execution,
      UInt256 chainId,
      FeeReader reader,
      FeePolicy fees,
      AccountLanes lanes) {
    this.execution = execution;
    this.chainId = chainId;
    this.reader = reader;
    this.fees = fees;
    this.lanes = lanes;
  }

  /**
   * Signs and sends.
   *
   * @param to null to create a contract
   * @return the transaction's hash
   * @throws L1Exception NODE_ERROR with the revert bytes when it would revert, UNREACHABLE when the
   *     key's holder gives no signature
   */
  public Hash32 send(Signer key, @Nullable Address to, UInt256 value, Bytes data)
      throws L1Exception {
    return send(key, nextNonce(key.address()), to, value, data);
  }

  /**
   * Signs and sends under a nonce that the caller counts: not every node's pending count takes in
   * what was sent a moment ago.
   *
   * @param to null to create a contract
   * @return the transaction's hash
   * @throws L1Exception NODE_ERROR with the revert bytes when it would revert
   */
  public Hash32 send(Signer key, long nonce, @Nullable Address to, UInt256 value, Bytes data)
      throws L1Exception {
    lanes.claim(key.address(), AccountLanes.Lane.ORDINARY);
    long needed = execution.estimateGas(new CallRequest(key.address(), to, value, data));
    // the state may differ a little when it runs
    long gasLimit = Math.min(GasPolicy.MAX_TRANSACTION_GAS, needed + needed / 4);
    Fees offer = fees.first(reader.market(false), GasNeed.of(gasLimit, 0), BLOCKS_TO_LAND);
    if (offer == null) {
      throw new L1Exception(Kind.BUSY, "what L1 asks is above the caps or the budget");
    }
    Transaction tx;
    try {
      tx =
          Transaction.Unsigned.feeMarket(
                  chainId, nonce, offer.tip(), offer.feeCap(), gasLimit, to, value, data)
              .sign(key);
    } catch (SignerException e) {
      throw new L1Exception(Kind.UNREACHABLE, "not signed: " + e.text(), e);
    }
    return switch (SendOutcome.send(execution, tx.encoded())) {
      case SendOutcome.Taken ignored -> tx.hash();
      case SendOutcome.NonceUsed ignored ->
          throw new L1Exception(Kind.NODE_ERROR, "the nonce of " + key.address() + " moved on");
      case SendOutcome.FeesTooLow(String why) -> throw new L1Exception(Kind.NODE_ERROR, why);
      case SendOutcome.WrongForm(String why) -> throw new L1Exception(Kind.NODE_ERROR, why);
      case SendOutcome.NotTaken(String why) -> throw new L1Exception(Kind.NODE_ERROR, why);
    };
  }

  /**
   * Signs, sends and waits for the receipt.
   *
   * @throws L1Exception TIMEOUT when it is in no block by then
   */
  public L1Receipt sendAndWait(
      Signer key, @Nullable Address to, UInt256 value, Bytes data, long timeoutMs)
      throws L1Exception {
    return await(send(key, to, value, data), timeoutMs);
  }

  /**
   * Waits for a receipt.
   *
   * @throws L1Exception TIMEOUT when there is none by then
   */
  public L1Receipt await(Hash32 txHash, long timeoutMs) throws L1Exception {
    long deadlineNanos = System.nanoTime() + timeoutMs * 1_000_000;
    while (true) {
      L1Receipt receipt = execution.receipt(txHash);
      if (receipt != null) {
        return receipt;
      }
      if (System.nanoTime() - deadlineNanos >= 0) {
        throw new L1Exception(
            Kind.TIMEOUT, "transaction " + txHash + " is in no block after " + timeoutMs + " ms");
      }
      try {
        Thread.sleep(POLL_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new L1Exception(Kind.UNREACHABLE, "interrupted waiting for " + txHash, e);
      }
    }
  }

  /** The nonce of an account's next transaction, those that wait counted. */
  public long nextNonce(Address account) throws L1Exception {
    try {
      return execution.nonce(account, BlockTag.PENDING);
    } catch (L1Exception e) {
      if (e.isTemporary()) {
        throw e;
      }
      return execution.nonce(account, BlockTag.LATEST); // nodes without the pending tag
    }
  }
}
