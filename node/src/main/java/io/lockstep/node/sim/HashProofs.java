// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.Arrays;

/**
 * Stands in for KZG in simulations: a commitment is the blob's SHA-256, a proof the commitment's.
 * It binds a blob to its transaction as KZG does; what it cannot do is open a blob at a point. Any
 * thread.
 */
final class HashProofs implements BlobProofs {
  @Override
  public Bytes commit(byte[] blob) {
    if (blob.length != Kzg.BLOB_BYTES) {
      throw new IllegalArgumentException("not a blob: " + blob.length + " bytes");
    }
    return Bytes.wrap(Arrays.copyOf(Sha256.hash(blob).toArray(), Kzg.COMMITMENT_BYTES));
  }

  @Override
  public Bytes cellProofs(byte[] blob) {
    return proofs(commit(blob));
  }

  @Override
  public Bytes blobProof(byte[] blob, Bytes commitment) {
    return Bytes.wrap(Arrays.copyOf(Sha256.hash(commitment.toArray()).toArray(), Kzg.PROOF_BYTES));
  }

  private static Bytes proofs(Bytes commitment) {
    Hash32 one = Sha256.hash(commitment.toArray());
    byte[] all = new byte[Kzg.CELLS_PER_EXT_BLOB * Kzg.PROOF_BYTES];
    for (int i = 0; i < Kzg.CELLS_PER_EXT_BLOB; i++) {
      one.write(all, i * Kzg.PROOF_BYTES);
    }
    return Bytes.wrap(all);
  }

  @Override
  public boolean verify(byte[] blob, Bytes commitment, Bytes cellProofs) {
    return commit(blob).equals(commitment) && proofs(commitment).equals(cellProofs);
  }
}
