// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.StorageException;
import java.util.List;

/** Makes signed blob transactions of one poster. One thread. */
final class BlobTxSigner {
  private final SecretKey key;
  private final UInt256 chainId;

  BlobTxSigner(SecretKey key, UInt256 chainId) {
    this.key = key;
    this.chainId = chainId;
  }

  Address address() {
    return key.address();
  }

  BlobTransaction sign(
      long nonce, Fees fees, long gasLimit, Address to, Bytes callData, BlobSidecar sidecar) {
    Transaction tx =
        new Transaction.Unsigned(
                TransactionType.BLOB,
                chainId,
                nonce,
                fees.tip(),
                fees.feeCap(),
                gasLimit,
                to,
                UInt256.ZERO,
                callData,
                List.of(),
                fees.blobFeeCap(),
                sidecar.hashes(),
                List.of())
            .sign(key);
    return new BlobTransaction(tx, sidecar.blobs(), sidecar.commitments(), sidecar.cellProofs());
  }

  /** The same nonce, content and blobs with other fees. */
  BlobTransaction withFees(BlobTransaction old, Fees fees) {
    Transaction.Unsigned fields = old.transaction().fields();
    Transaction tx =
        new Transaction.Unsigned(
                fields.type(),
                fields.chainId(),
                fields.nonce(),
                fees.tip(),
                fees.feeCap(),
                fields.gasLimit(),
                fields.to(),
                fields.value(),
                fields.data(),
                fields.accessList(),
                fees.blobFeeCap(),
                fields.blobVersionedHashes(),
                fields.authorizations())
            .sign(key);
    return new BlobTransaction(tx, old.blobs(), old.commitments(), old.cellProofs());
  }

  static Fees feesOf(BlobTransaction tx) {
    Transaction.Unsigned fields = tx.transaction().fields();
    return new Fees(
        fields.maxPriorityFeePerGas(), fields.maxFeePerGas(), fields.maxFeePerBlobGas());
  }

  /** Reads back what the journal holds. */
  static BlobTransaction read(Bytes networkForm) {
    try {
      return BlobTransaction.decode(networkForm);
    } catch (DecodeException e) {
      throw new StorageException("signed bytes of the posting journal are damaged", e);
    }
  }
}
