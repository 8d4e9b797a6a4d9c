// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code eth_sendRawTransaction} brings: decoded, checked, its blobs verified. Runs on the
 * caller's thread, some 20 ms a blob. Any thread.
 */
final class TxIntake {
  private final ForkSchedule forks;
  private final UInt256 chainId;
  private final BlobProofs proofs;
  private final Supplier<BlockEnv> nextEnv;

  /** Checked by itself, not yet against any state. */
  record Checked(Transaction tx, Address sender, @Nullable Sidecar sidecar) {}

  /**
   * @param nextEnv of the block that a transaction could stand in first
   */
  TxIntake(ForkSchedule forks, UInt256 chainId, BlobProofs proofs, Supplier<BlockEnv> nextEnv) {
    this.forks = forks;
    this.chainId = chainId;
    this.proofs = proofs;
    this.nextEnv = nextEnv;
  }

  /**
   * Reads a transaction in its network form.
   *
   * @throws RpcError saying why it is refused
   */
  Checked read(Bytes raw) throws RpcError {
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
    return new Checked(tx, sender, sidecar);
  }

  private @Nullable String fault(Transaction tx) {
    BlockEnv next = nextEnv.get();
    Fork fork = forks.at(next.number(), next.timestampSeconds());
    return TxRules.fault(tx, chainId, fork, next.gasLimit());
  }

  static void refuse(@Nullable String fault) throws RpcError {
    if (fault != null) {
      throw new RpcError(RpcError.SERVER, fault);
    }
  }
}
