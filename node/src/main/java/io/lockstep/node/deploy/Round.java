// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.deploy;

import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.Reverts;
import io.lockstep.l1client.execution.L1Receipt;
import io.lockstep.l1client.send.TxSender;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Transactions that are sent together and waited for together. One thread. */
final class Round {
  /** How long a receipt is waited for, on chains with slots of 12 s. */
  private static final long PATIENCE_MS = 180_000;

  private final TxSender sender;
  private final List<Sent> sent = new ArrayList<>();
  private final Map<Address, Long> nonces = new HashMap<>();

  private record Sent(Hash32 hash, String what) {}

  Round(TxSender sender) {
    this.sender = sender;
  }

  /**
   * Sends.
   *
   * @param to null to create a contract
   * @return the transaction's place among the receipts
   */
  int send(SecretKey key, @Nullable Address to, UInt256 valueWei, Bytes data, String what)
      throws DeployException {
    try {
      Long counted = nonces.get(key.address());
      long nonce = counted == null ? sender.nextNonce(key.address()) : counted;
      sent.add(new Sent(sender.send(key, nonce, to, valueWei, data), what));
      nonces.put(key.address(), nonce + 1);
      return sent.size() - 1;
    } catch (L1Exception e) {
      throw failed(what, e);
    }
  }

  /** Waits until all are mined; a failed one is an error. In the order of sending. */
  List<L1Receipt> await() throws DeployException {
    List<L1Receipt> receipts = new ArrayList<>();
    for (Sent tx : sent) {
      try {
        L1Receipt receipt = sender.await(tx.hash, PATIENCE_MS);
        if (!receipt.success()) {
          throw new DeployException("%s: transaction %s failed".formatted(tx.what, tx.hash));
        }
        receipts.add(receipt);
      } catch (L1Exception e) {
        throw failed(tx.what, e);
      }
    }
    return receipts;
  }

  static Address created(L1Receipt receipt) throws DeployException {
    Address contract = receipt.contractAddress();
    if (contract == null) {
      throw new DeployException("the receipt of " + receipt.txHash() + " names no contract");
    }
    return contract;
  }

  private static DeployException failed(String what, L1Exception e) {
    String why = Reverts.inWords(e.data());
    return new DeployException(
        "%s: %s%s".formatted(what, e.text(), why == null ? "" : ": " + why), e);
  }
}
