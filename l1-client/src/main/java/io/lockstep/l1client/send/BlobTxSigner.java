// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.fee.Fees;
import io.lockstep.l1client.fee.GasNeed;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.crypto.SignerException;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Makes signed blob transactions of one poster, and their network forms. One thread. */
final class BlobTxSigner {
  private final Signer key;
  private final UInt256 chainId;
  private final Executor cpu;
  private final BlobProofs proofs;

  /**
   * @param cpu platform threads for the proofs of wrapper version 0
   */
  BlobTxSigner(Signer key, UInt256 chainId, Executor cpu, BlobProofs proofs) {
    this.key = key;
    this.chainId = chainId;
    this.cpu = cpu;
    this.proofs = proofs;
  }

  Address address() {
    return key.address();
  }

  Transaction sign(
      long nonce, Fees fees, long gasLimit, Address to, Bytes callData, List<Hash32> blobHashes)
      throws SignerException {
    return new Transaction.Unsigned(
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
            blobHashes,
            List.of())
        .sign(key);
  }

  /** The same nonce, content and blobs with other fees. */
  Transaction withFees(Transaction old, Fees fees) throws SignerException {
    Transaction.Unsigned fields = old.fields();
    return new Transaction.Unsigned(
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
  }

  /**
   * The network form.
   *
   * @param version 1 with cell proofs (EIP-7594), 0 with a proof a blob (EIP-4844)
   */
  SignedTx wrap(Transaction tx, BlobSidecar sidecar, int version) {
    BlobTransaction whole =
        new BlobTransaction(tx, sidecar.blobs(), sidecar.commitments(), sidecar.cellProofs());
    Bytes form =
        version == BlobTransaction.WRAPPER_VERSION
            ? whole.encoded()
            : whole.encodedVersion0(blobProofs(sidecar));
    return new SignedTx(tx.hash(), form);
  }

  private List<Bytes> blobProofs(BlobSidecar sidecar) {
    List<CompletableFuture<Bytes>> parts = new ArrayList<>();
    for (int i = 0; i < sidecar.blobs().size(); i++) {
      byte[] blob = sidecar.blobs().get(i).unsafeArray();
      Bytes commitment = sidecar.commitments().get(i);
      parts.add(CompletableFuture.supplyAsync(() -> proofs.blobProof(blob, commitment), cpu));
    }
    return parts.stream().map(CompletableFuture::join).toList();
  }

  static Fees feesOf(Transaction tx) {
    Transaction.Unsigned fields = tx.fields();
    return new Fees(
        fields.maxPriorityFeePerGas(), fields.maxFeePerGas(), fields.maxFeePerBlobGas());
  }

  static GasNeed needOf(Transaction tx) {
    return GasNeed.of(tx.gasLimit(), tx.blobVersionedHashes().size());
  }

  /** Reads the transaction back out of what the journal holds. */
  static Transaction read(Bytes networkForm) {
    try {
      return BlobTransaction.transactionOf(networkForm);
    } catch (DecodeException e) {
      throw new StorageException("signed bytes of the posting journal are damaged", e);
    }
  }

  /** The wrapper version of what the journal holds. */
  static int wrapperVersion(Bytes networkForm) {
    try {
      return BlobTransaction.wrapperVersion(networkForm);
    } catch (DecodeException e) {
      throw new StorageException("signed bytes of the posting journal are damaged", e);
    }
  }
}
