// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;

/**
 * An account of L1 that nobody else uses: what L1 does not have, or lost in a reorg, is sent again.
 * One thread.
 */
final class L1Sender {
  private static final UInt256 TIP_WEI = UInt256.of(2_000_000_000L);
  private static final UInt256 FEE_CAP_WEI = UInt256.of(500_000_000_000L);

  private final ExecutionClient execution;
  private final UInt256 chainId;
  private final SecretKey key;
  private final long firstNonce;
  private final List<Transaction> made = new ArrayList<>();

  L1Sender(ExecutionClient execution, long chainId, SecretKey key) {
    this.execution = execution;
    this.chainId = UInt256.of(chainId);
    this.key = key;
    this.firstNonce = nonce();
  }

  void send(Address to, UInt256 value, Bytes data, long gasLimit) {
    made.add(
        Transaction.Unsigned.feeMarket(
                chainId, firstNonce + made.size(), TIP_WEI, FEE_CAP_WEI, gasLimit, to, value, data)
            .sign(key));
    give(made.getLast());
  }

  /** To be called after each L1 slot. */
  void step() {
    for (long i = nonce() - firstNonce; i < made.size(); i++) {
      give(made.get((int) i));
    }
  }

  private void give(Transaction tx) {
    try {
      execution.sendRaw(tx.encoded());
    } catch (L1Exception e) {
      // The pool has it already, or has no room: the next slot asks again.
      if (e.kind() != L1Exception.Kind.NODE_ERROR) {
        throw new IllegalStateException("the L1 of a run gives no answer", e);
      }
    }
  }

  private long nonce() {
    try {
      return execution.nonce(key.address(), BlockTag.LATEST);
    } catch (L1Exception e) {
      throw new IllegalStateException("the L1 of a run gives no answer", e);
    }
  }
}
