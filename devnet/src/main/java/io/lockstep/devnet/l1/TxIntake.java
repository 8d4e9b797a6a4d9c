// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.state.Genesis;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What {@code eth_sendRawTransaction} brings: decoded, checked, its blobs verified, then offered to
 * the pool. Runs on the caller's thread, some 20 ms a blob; only the pool's part holds the lock.
 */
final class TxIntake {
  private final BoxChain chain;
  private final Genesis genesis;
  private final BlobProofs proofs;

  TxIntake(BoxChain chain, Genesis genesis, BlobProofs proofs) {
    this.chain = chain;
    this.genesis = genesis;
    this.proofs = proofs;
  }

  /**
   * Takes a transaction in its network form.
   *
   * @throws RpcError saying why it is refused
   */
  Transaction take(Bytes raw) throws RpcError {
    Transaction tx;
    Sidecar sidecar = null;
    try {
      if (!raw.isEmpty() && raw.get(0) == TransactionType.BLOB.id()) {
        BlobTransaction blobs = BlobTransaction.decode(raw);
        tx = blobs.transaction();
        refuse(fault(tx));
        refuse(Sidecar.fault(blobs, proofs));
        sidecar = Sidecar.of(blobs);
      } else {
        tx = TransactionCodec.decode(raw);
        refuse(fault(tx));
      }
    } catch (DecodeException e) {
      throw new RpcError(RpcError.SERVER, String.valueOf(e.getMessage()));
    }
    Address sender = tx.sender();
    if (sender == null) {
      throw new RpcError(RpcError.SERVER, "invalid sender");
    }
    refuse(chain.add(tx, sender, sidecar));
    return tx;
  }

  private @Nullable String fault(Transaction tx) {
    BlockEnv next = chain.nextEnv();
    Fork fork = genesis.forks().at(next.number(), next.timestampSeconds());
    return TxRules.fault(tx, genesis.chainId(), fork, next.gasLimit());
  }

  private static void refuse(@Nullable String fault) throws RpcError {
    if (fault != null) {
      throw new RpcError(RpcError.SERVER, fault);
    }
  }
}
